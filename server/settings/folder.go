package settings

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Env is an environment, "NAME=value" each, as os.Environ gives it.
type Env []string

// Get returns the value of a variable, "" when it is not set. Of two the last counts.
func (e Env) Get(name string) string {
	for _, pair := range slices.Backward(e) {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			return v
		}
	}
	return ""
}

// Tilde shortens a path in the user's home for people: "~/scimdeck".
func (e Env) Tilde(path string) string {
	if home := e.Get("HOME"); home != "" && strings.HasPrefix(path, home+string(filepath.Separator)) {
		return "~" + path[len(home):]
	}
	return path
}

type folderKind int

const (
	configFolder folderKind = iota
	dataFolder
)

// folder returns scimdeck's own folder below the user's configuration or data, or "" if the user has none.
func (e Env) folder(kind folderKind) string {
	var dir string
	switch runtime.GOOS {
	case "windows":
		dir = e.Get([]string{"AppData", "LocalAppData"}[kind])
	case "darwin", "ios":
		if home := e.Get("HOME"); home != "" {
			dir = filepath.Join(home, "Library", "Application Support")
		}
	default:
		dir = e.Get([]string{"XDG_CONFIG_HOME", "XDG_DATA_HOME"}[kind])
		if home := e.Get("HOME"); !filepath.IsAbs(dir) && home != "" {
			dir = filepath.Join(home, []string{".config", ".local/share"}[kind])
		}
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "scimdeck")
}

// DataFolder returns where the data are, as an absolute path: the setting, or
// scimdeck's folder among the user's data. The error is an *Error when the user has none.
func (s *Settings) DataFolder() (string, error) {
	if s.Data != "" {
		return filepath.Abs(s.Data)
	}
	if dir := s.env.folder(dataFolder); dir != "" {
		return dir, nil
	}
	return "", &Error{"you have no data folder of your own here, so say where data may live", "scimdeck --data ./scimdeck-data"}
}
