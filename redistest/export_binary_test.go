package redistest

import "path/filepath"

// NativeAt is Native with the server binary at path.
func NativeAt(path string) Option {
	return With(nativeEngine{path: path, name: filepath.Base(path)})
}
