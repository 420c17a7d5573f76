// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The walking guest in Go; walk.c says what it does. Go's runtime takes its memory by memory.grow alone and assumes that
// each growth continues the last, takes the first preopen as its working directory, and imports fd_write twice.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

const (
	chunk     = 4093
	blockSize = 8 << 20
)

var (
	digest         = crc32.NewIEEE()
	entries, total int
	root           string
	growTarget     int
	blocks         [][]byte
)

func fail(path, what string, err error) {
	fmt.Printf("FAIL %s: %s (%v)\n", path, what, err)
	os.Exit(1)
}

func addHeader(kind byte, path string, size int64) {
	digest.Write([]byte{kind, 0})
	digest.Write([]byte(path[len(root)+1:]))
	digest.Write([]byte{0})
	binary.Write(digest, binary.LittleEndian, size)
	entries++
}

func growSome() {
	if len(blocks)*(blockSize>>20) >= growTarget {
		return
	}
	block := make([]byte, blockSize)
	for i := 0; i < blockSize; i += 61 {
		block[i] = byte(i + len(blocks))
	}
	blocks = append(blocks, block)
}

func checkGrowth() {
	for b, block := range blocks {
		for i := 0; i < blockSize; i += 61 {
			if block[i] != byte(i+b) {
				fail("grow", "memory was overwritten", nil)
			}
		}
	}
}

func readFile(path string, size int64) {
	f, err := os.Open(path)
	if err != nil {
		fail(path, "open", err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != size {
		fail(path, "fstat", err)
	}
	var content bytes.Buffer
	if n, err := io.CopyBuffer(struct{ io.Writer }{&content}, struct{ io.Reader }{f}, make([]byte, chunk)); err != nil || n != size {
		fail(path, "read", err)
	}
	middle := size / 2
	if at, err := f.Seek(0, io.SeekEnd); err != nil || at != size {
		fail(path, "seek to the end", err)
	}
	if at, err := f.Seek(middle, io.SeekStart); err != nil || at != middle {
		fail(path, "seek to the middle", err)
	}
	piece := make([]byte, 256)
	n, err := io.ReadFull(f, piece)
	if (err != nil && err != io.EOF && err != io.ErrUnexpectedEOF) || !bytes.HasPrefix(content.Bytes()[middle:], piece[:n]) {
		fail(path, "read after a seek", err)
	}
	m, err := f.ReadAt(piece, middle)
	if (err != nil && err != io.EOF) || m != n || !bytes.HasPrefix(content.Bytes()[middle:], piece[:m]) {
		fail(path, "pread", err)
	}
	if at, err := f.Seek(0, io.SeekCurrent); err != nil || at != middle+int64(n) {
		fail(path, "tell", err)
	}
	if err := f.Close(); err != nil {
		fail(path, "close", err)
	}
	digest.Write(content.Bytes())
	total += content.Len()
}

func walk(path string) {
	list, err := os.ReadDir(path) // sorted by bytes
	if err != nil {
		fail(path, "readdir", err)
	}
	for _, entry := range list {
		child := path + "/" + entry.Name()
		info, err := os.Lstat(child)
		if err != nil {
			fail(child, "lstat", err)
		}
		switch info.Mode().Type() {
		case fs.ModeDir:
			addHeader('d', child, 0)
			walk(child)
		case 0:
			addHeader('f', child, info.Size())
			readFile(child, info.Size())
		case fs.ModeSymlink:
			target, err := os.Readlink(child)
			if err != nil {
				fail(child, "readlink", err)
			}
			addHeader('l', child, int64(len(target)))
			digest.Write([]byte(target))
		default:
			fail(child, "of no known kind", nil)
		}
		growSome()
	}
}

func printFirstLine(label, path string) {
	f, err := os.Open(path)
	if err != nil {
		fail(path, label, err)
	}
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		fail(path, label, err)
	}
	fmt.Printf("%s %s", label, line)
}

func main() {
	root = os.Args[1]
	if len(os.Args) > 3 {
		growTarget, _ = strconv.Atoi(os.Args[3])
	}
	walk(root)
	checkGrowth()
	fmt.Printf("digest %08x entries %d bytes %d\n", digest.Sum32(), entries, total)
	printFirstLine("relative", root[1:]+"/"+os.Args[2])
	printFirstLine("absolute", root+"/"+os.Args[2])

	list, err := os.ReadDir("/")
	if err != nil {
		fail("/", "readdir", err)
	}
	var names []string
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	fmt.Printf("root %s\n", strings.Join(names, ","))

	_, err = os.Open(root + "/no/such/file")
	_, err2 := os.Open("/no-such-file-at-all")
	if errors.Is(err, fs.ErrNotExist) && errors.Is(err2, fs.ErrNotExist) {
		fmt.Println("missing ENOENT")
	} else {
		fmt.Println("missing WRONG", err, err2)
	}
	if growTarget > 0 {
		fmt.Printf("grown %d\n", len(blocks)*(blockSize>>20))
	}
}
