package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// MaxFileSize is the largest file that is read, in bytes.
const MaxFileSize = 256 << 20

// StdinName is the name of the source that `-` reads.
const StdinName = "<stdin>"

// Extensions are the endings of the files that a directory is searched for:
// topologies, and what importers read.
var Extensions = []string{".yaml", ".yml", ".json", ".template"}

// Source is the text of one file, or what an importer made of one or several.
// Name is what positions show.
type Source struct {
	Name string
	Data []byte
	Doc  *doc.Document // in place of Data
	// Found says that the file was not named by the user but found in a
	// directory: what it holds may be none of ours.
	Found bool
}

// Files reads the files that paths name: a file, a directory (every file in
// it and below with one of Extensions, sorted, hidden ones left out), or "-"
// for stdin. What cannot be read is left out and has a finding; nothing ever
// blocks on a pipe or a device. A path given twice is read once.
func Files(paths []string, stdin io.Reader) ([]Source, []diag.Finding) {
	f := fileReader{seen: map[string]bool{}}
	for _, p := range paths {
		if p == "-" {
			f.stdin(stdin)
			continue
		}
		info, err := os.Stat(p)
		switch {
		case err != nil:
			f.fail(p, err)
		case info.IsDir():
			f.dir(p)
		default:
			f.file(p, info)
		}
	}
	return f.sources, f.findings
}

// shared is the text of a source as a string without a copy of it: names are
// parts of it, and a copy would live as long as they do. Nobody changes the
// bytes of a source.
func shared(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

type fileReader struct {
	sources  []Source
	findings []diag.Finding
	seen     map[string]bool
}

func (f *fileReader) errorf(name string, id ID, format string, args ...any) {
	f.findings = append(f.findings, diag.Finding{Pos: diag.Pos{File: name}, Severity: diag.Error,
		ID: string(id), Message: fmt.Sprintf(format, args...)})
}

func (f *fileReader) fail(name string, err error) {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		f.errorf(name, idUnreadableFile, "no such file or directory; expected a topology file, a directory of them, or `-` for standard input")
		return
	}
	f.errorf(name, idUnreadableFile, "cannot be read: %v", err)
}

func (f *fileReader) add(name string, data []byte) {
	src := Source{Name: name, Data: data}
	if bad, ok := checkText(src); !ok {
		f.findings = append(f.findings, bad)
		return
	}
	f.sources = append(f.sources, src)
}

func (f *fileReader) stdin(r io.Reader) {
	if f.seen["-"] {
		return
	}
	f.seen["-"] = true
	if r == nil {
		f.errorf(StdinName, idUnreadableFile, "there is no standard input to read")
		return
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	switch {
	case err != nil:
		f.fail(StdinName, err)
	case len(data) > MaxFileSize:
		f.errorf(StdinName, idFileTooLarge, "is larger than %d MB, the most that is read", MaxFileSize>>20)
	default:
		f.add(StdinName, data)
	}
}

func (f *fileReader) file(name string, info fs.FileInfo) {
	key := filepath.Clean(name)
	if f.seen[key] {
		return
	}
	f.seen[key] = true
	if !info.Mode().IsRegular() {
		f.errorf(name, idUnreadableFile, "is a %s, not a file; to read what a program writes, pipe it in and give `-`", modeWords(info.Mode()))
		return
	}
	if info.Size() > MaxFileSize {
		f.errorf(name, idFileTooLarge, "has %d MB; at most %d MB are read", info.Size()>>20, MaxFileSize>>20)
		return
	}
	file, err := os.Open(name)
	if err != nil {
		f.fail(name, err)
		return
	}
	defer file.Close()
	// A file of /proc says that it has no bytes, and one may grow while it
	// is read: the bound holds for what is read.
	data := make([]byte, 0, info.Size()+512)
	buf := bytes.NewBuffer(data)
	n, err := io.Copy(buf, io.LimitReader(file, MaxFileSize+1))
	switch {
	case err != nil:
		f.fail(name, err)
	case n > MaxFileSize:
		f.errorf(name, idFileTooLarge, "has more than %d MB, the most that is read", MaxFileSize>>20)
	default:
		f.add(name, buf.Bytes())
	}
}

func modeWords(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

func (f *fileReader) dir(root string) {
	found := false
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			f.fail(path, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		hidden := path != root && strings.HasPrefix(d.Name(), ".")
		if d.IsDir() {
			if hidden {
				return fs.SkipDir // .git, .terraform
			}
			return nil
		}
		if hidden || !slices.Contains(Extensions, filepath.Ext(path)) {
			return nil
		}
		info, err := os.Stat(path) // through a symbolic link
		if err != nil {
			found = true
			f.fail(path, err)
			return nil
		}
		if info.IsDir() {
			return nil // a link to a directory may lead round in a circle
		}
		found = true
		before := len(f.sources)
		f.file(path, info)
		for i := before; i < len(f.sources); i++ {
			f.sources[i].Found = true
		}
		return nil
	})
	if err != nil {
		f.fail(root, err)
	} else if !found {
		f.errorf(root, idNoTopology, "the directory holds no topology; expected files *.yaml, *.yml, *.json or *.template in it or below")
	}
}

var byteOrderMark = []byte("\ufeff")

// checkText finds what is no YAML text at all. Besides NUL bytes and broken
// UTF-8, it refuses the control characters that YAML forbids, and the line
// breaks that YAML knows and editors do not count: positions would be wrong.
func checkText(src Source) (diag.Finding, bool) {
	bad := func(i int, format string, args ...any) (diag.Finding, bool) {
		line := 1 + bytes.Count(src.Data[:i], []byte("\n"))
		col := i - bytes.LastIndexByte(src.Data[:i], '\n')
		return diag.Finding{Pos: diag.Pos{File: src.Name, Line: line, Col: col}, Severity: diag.Error,
			ID: string(idNotText), Message: fmt.Sprintf(format, args...)}, false
	}
	data := src.Data
	for i := 0; i < len(data); {
		c := data[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			switch {
			case c == 0:
				return bad(i, "a NUL byte: this is no text file; expected YAML in UTF-8")
			case c == '\r' && i+1 < len(data) && data[i+1] == '\n':
				i++
				continue
			case c == '\r':
				return bad(i, "a carriage return alone; expected lines that end with LF or CR LF")
			}
			return bad(i, "control character %#02x; expected YAML in UTF-8", c)
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return bad(i, "byte %#02x is no UTF-8; expected YAML in UTF-8", c)
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			return bad(i, "line break character U+%04X; expected lines that end with LF", r)
		case r < 0xa0 || r == 0xfffe || r == 0xffff:
			return bad(i, "control character U+%04X; expected YAML in UTF-8", r)
		case r == 0xfeff && i > 0:
			return bad(i, "byte order mark in the middle of the text; two files put together?")
		}
		i += size
	}
	return diag.Finding{}, true
}
