// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What a program learns of its start, as program.c: arguments, environment, files.
package main

import (
	"fmt"
	"os"
	"slices"
)

func main() {
	for _, argument := range os.Args[1:] {
		fmt.Println("arg", argument)
	}
	environment := os.Environ()
	slices.Sort(environment)
	for _, variable := range environment {
		fmt.Println("env", variable)
	}
	text, err := os.ReadFile("/data/a.txt")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("file", string(text))
}
