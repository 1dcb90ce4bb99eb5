package tui

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	sharing "scimdeck/scim/wire/share"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// siftRows decides a batch of rows by their exchanges.
func siftRows(ctx context.Context, d *deps, n int, f find.Filter, rows []*store.Row) tea.Cmd {
	return func() tea.Msg {
		hits, seen, err := f.Search(ctx, rows, d.opts.Store.Exchanges)
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
		err := sharing.WriteFile(historyFile(d.opts.DataDir), true, func(w io.Writer) error {
			_, err := io.WriteString(w, b.String())
			return err
		})
		if err != nil {
			return told{wrong, ui.Clean("the filter is not kept for the next start: "+err.Error(), d.ascii)}
		}
		return nil
	}
}
