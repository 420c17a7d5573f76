// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The guest that does what its arguments say, in Go; files.c says what each does.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

func report(result string, err error) {
	var errno syscall.Errno
	switch {
	case err == nil:
		fmt.Println(result)
	case errors.As(err, &errno):
		fmt.Printf("errno %d\n", int(errno))
	default:
		fmt.Println("error", err)
	}
}

func list(path string) (string, error) {
	entries, err := os.ReadDir(path) // sorted
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return strings.Join(names, ","), err
}

func stat(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "directory", nil
	}
	return fmt.Sprintf("file %d", info.Size()), nil
}

func readAt(path, name string) (string, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return "", err
	}
	defer root.Close()
	file, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	buffer := make([]byte, 4096)
	size, err := file.Read(buffer)
	return string(buffer[:max(size, 0)]), err
}

func main() {
	for i := 1; i+1 < len(os.Args); i += 2 {
		path, second := os.Args[i+1], ""
		if i+2 < len(os.Args) {
			second = os.Args[i+2]
		}
		switch os.Args[i] {
		case "read":
			content, err := os.ReadFile(path)
			report(string(content), err)
		case "list":
			report(list(path))
		case "stat":
			report(stat(path))
		case "mkdir":
			report("ok", syscall.Mkdir(path, 0o777))
		case "unlink":
			report("ok", syscall.Unlink(path)) // os.Remove would try rmdir too
		case "rmdir":
			report("ok", syscall.Rmdir(path))
		case "readlink":
			report(os.Readlink(path))
		case "write":
			report("ok", os.WriteFile(path, []byte(second), 0o666))
			i++
		case "rename":
			report("ok", os.Rename(path, second))
			i++
		case "at":
			report(readAt(path, second))
			i++
		default:
			fmt.Println("unknown operation", os.Args[i])
			os.Exit(2)
		}
	}
}
