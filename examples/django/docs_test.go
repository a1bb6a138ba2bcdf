package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentQuotesWhatIsThere holds docs/django.md to what was seen, to the
// project and to the files it links.
func TestDocumentQuotesWhatIsThere(t *testing.T) {
	t.Parallel()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	document := read("../../docs/django.md")
	for kind, source := range map[string]string{"account": "testdata/shop.golden", "python": "shop/settings.py"} {
		blocks := regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllStringSubmatch(document, -1)
		if len(blocks) == 0 {
			t.Errorf("docs/django.md quotes nothing of %s", source)
		}
		whole := read(source)
		for _, block := range blocks {
			if !strings.Contains(whole, block[1]) {
				t.Errorf("docs/django.md quotes what %s does not say:\n%s", source, block[1])
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(document, -1) {
		if _, err := os.Stat(filepath.Join("../../docs", link[1])); err != nil {
			t.Errorf("docs/django.md links what is not there: %v", err)
		}
	}
}
