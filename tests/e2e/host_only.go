// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wazero with a host module of its own, which has only what it is told: host_only MODULE OFFERED ARGUMENT… with
// OFFERED as the lines of `wasm-vfs inspect --imports`. It has standard output, an empty standard input, arguments, no
// environment, and no files at all: a function of files is one that it cannot offer.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

const badDescriptor, notSeekable = 8, 70

func put(m api.Module, at, value uint32) { m.Memory().WriteUint32Le(at, value) }

func textOf(list []string) []byte { return []byte(strings.Join(append(list, ""), "\x00")) }

var arguments []string

var functions = map[string]any{
	"args_sizes_get": func(_ context.Context, m api.Module, count, size uint32) uint32 {
		put(m, count, uint32(len(arguments)))
		put(m, size, uint32(len(textOf(arguments))))
		return 0
	},
	"args_get": func(_ context.Context, m api.Module, pointers, buffer uint32) uint32 {
		m.Memory().Write(buffer, textOf(arguments))
		for i, argument := range arguments {
			put(m, pointers+4*uint32(i), buffer)
			buffer += uint32(len(argument)) + 1
		}
		return 0
	},
	"environ_sizes_get": func(_ context.Context, m api.Module, count, size uint32) uint32 {
		put(m, count, 0)
		put(m, size, 0)
		return 0
	},
	"environ_get": func(_ context.Context, m api.Module, pointers, buffer uint32) uint32 { return 0 },
	"fd_close":    func(_ context.Context, m api.Module, fd uint32) uint32 { return badDescriptor },
	"fd_fdstat_get": func(_ context.Context, m api.Module, fd, result uint32) uint32 {
		if fd > 2 {
			return badDescriptor
		}
		const characterDevice = 2
		m.Memory().Write(result, append([]byte{characterDevice}, bytes.Repeat([]byte{0xff}, 23)...))
		put(m, result+4, 0)
		return 0
	},
	"fd_fdstat_set_flags": func(_ context.Context, m api.Module, fd, flags uint32) uint32 { return badDescriptor },
	"fd_seek": func(_ context.Context, m api.Module, fd uint32, offset uint64, whence, result uint32) uint32 {
		return notSeekable
	},
	"fd_read": func(_ context.Context, m api.Module, fd, vectors, count, result uint32) uint32 {
		if fd != 0 {
			return badDescriptor
		}
		put(m, result, 0)
		return 0
	},
	"fd_write": func(_ context.Context, m api.Module, fd, vectors, count, result uint32) uint32 {
		if fd != 1 && fd != 2 {
			return badDescriptor
		}
		var written uint32
		for ; count > 0; count-- {
			at, _ := m.Memory().ReadUint32Le(vectors)
			size, _ := m.Memory().ReadUint32Le(vectors + 4)
			text, _ := m.Memory().Read(at, size)
			(map[uint32]*os.File{1: os.Stdout, 2: os.Stderr})[fd].Write(text)
			written += size
			vectors += 8
		}
		put(m, result, written)
		return 0
	},
	"proc_exit": func(ctx context.Context, m api.Module, code uint32) {
		m.CloseWithExitCode(ctx, code)
		panic(sys.NewExitError(code))
	},
}

func main() {
	ctx := context.Background()
	arguments = os.Args[3:]
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	host := map[string]wazero.HostModuleBuilder{}
	for _, line := range strings.Split(os.Args[2], "\n") {
		from, name, _ := strings.Cut(line, " ")
		if functions[name] == nil {
			fmt.Printf("not offered: %s\n", line)
			continue
		}
		if host[from] == nil {
			host[from] = runtime.NewHostModuleBuilder(from)
		}
		host[from].NewFunctionBuilder().WithFunc(functions[name]).Export(name)
	}
	for _, builder := range host {
		if _, err := builder.Instantiate(ctx); err != nil {
			panic(err)
		}
	}
	module, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	if _, err = runtime.Instantiate(ctx, module); err != nil {
		if exit, ok := err.(*sys.ExitError); ok {
			os.Exit(int(exit.ExitCode()))
		}
		fmt.Println(err)
		os.Exit(1)
	}
}
