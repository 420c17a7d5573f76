// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Prints a file that it finds under /static.
package main

import (
	"log"
	"os"
)

func main() {
	text, err := os.ReadFile("/static/index.html")
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.Write(text)
}
