package devenv

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A place is where an environment of this user lives. The registry, a
// directory of one file for each, holds those that an up has started and no
// down has stopped; like the state it is a hint.
type place struct {
	Root    string `json:"root"`
	Dir     string `json:"dir"`
	Project string `json:"project"`
}

func (e *Env) place() place { return place{Root: e.set.Root, Dir: e.set.Dir, Project: e.set.Project} }

func (e *Env) registryFile(p place) string {
	return filepath.Join(e.opts.Registry, fmt.Sprintf("%x.json", sha256.Sum256([]byte(p.Dir)))[:24])
}

// register makes this environment one that ps and down find from anywhere.
func (e *Env) register() error {
	if e.opts.Registry == "" {
		return nil
	}
	text, err := json.Marshal(e.place())
	if err != nil {
		return err
	}
	if err := writeFile(e.registryFile(e.place()), append(text, '\n')); err != nil {
		return fmt.Errorf("register the environment: %w", err)
	}
	return nil
}

func (e *Env) unregister(p place) error {
	if e.opts.Registry == "" {
		return nil
	}
	if err := os.Remove(e.registryFile(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// places lists the registry by directory.
func (e *Env) places() ([]place, error) {
	entries, err := os.ReadDir(e.opts.Registry)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var list []place
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(e.opts.Registry, entry.Name()))
		var p place
		if err != nil || json.Unmarshal(text, &p) != nil || p.Dir == "" {
			continue // half a file, or a stranger's
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b place) int { return strings.Compare(a.Dir, b.Dir) })
	return list, nil
}
