package tui

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// logReader makes the reader of a filter's batches.
func logReader(d *deps) *store.LogReader { return d.opts.Store.LogReader() }

// siftRows decides a batch of rows by their exchanges.
func siftRows(ctx context.Context, n int, f find.Filter, rows []*store.Row, reader *store.LogReader) tea.Cmd {
	return func() tea.Msg {
		hits, seen, err := f.Search(ctx, rows, reader.Exchange)
		return sifted{n, hits, seen, err}
	}
}

// countMissed finds out why a filter shows nothing.
func countMissed(n int, f find.Filter, rows []*store.Row) tea.Cmd {
	return func() tea.Msg { return counted{n, f.Missed(rows)} }
}

// unwritten are the fields whose values are in no file: they may be anything
// that stands in a body.
var unwritten = []string{"body", "reqbody", "resbody", "header"}

func historyFile(dir string) string { return filepath.Join(dir, "filters") }

// readHistory reads the filters of earlier runs. There may be none; lines that
// are no filters are left out.
func readHistory(dir string) (past []string) {
	if dir == "" {
		return nil
	}
	data, err := os.ReadFile(historyFile(dir))
	if err != nil || len(data) > 1<<20 {
		return nil
	}
	for text := range strings.Lines(string(data)) {
		text = strings.TrimSpace(text)
		if _, err := find.Parse(text); err == nil {
			past = append(past, text)
		}
	}
	return past[max(len(past)-maxHistory, 0):]
}

// writeHistory writes the filters for the next start, without what may be private.
func writeHistory(d *deps, history []string) tea.Cmd {
	if d.opts.DataDir == "" {
		return nil
	}
	return func() tea.Msg {
		var b strings.Builder
		for _, text := range history {
			if text = find.Without(text, unwritten...); text != "" && !strings.ContainsAny(text, "\r\n") {
				b.WriteString(text + "\n")
			}
		}
		if err := writeFile(historyFile(d.opts.DataDir), []byte(b.String())); err != nil {
			return told{wrong, ui.Clean("the filter is not kept for the next start: "+err.Error(), d.ascii)}
		}
		return nil
	}
}

// writeFile writes a private file, whole or not at all.
func writeFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".scimdeck-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error says what happened
	}
	return err
}
