package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// askTerminal asks for the passphrase without showing it; a new one twice.
func askTerminal(again bool) (string, error) {
	const where = "; give it with --passphrase-file or POSTERN_PASSPHRASE"
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("the passphrase is needed, and there is no terminal to ask for it" + where)
	}
	first, err := prompt("Passphrase of the offline keys: ")
	if err != nil || !again {
		return first, err
	}
	second, err := prompt("The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passphrases differ; start again")
	}
	return first, nil
}

func prompt(text string) (string, error) {
	fmt.Fprint(os.Stderr, text)
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("read from terminal: %w", err)
	}
	return string(b), nil
}

// readPIN asks for a new PIN twice at a terminal; else it is the first line of stdin.
func readPIN(stdin io.Reader) (string, error) {
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		first, err := prompt("PIN of the gate's supervisor, 6 digits or more: ")
		if err != nil {
			return "", err
		}
		second, err := prompt("The same again: ")
		if err == nil && first != second {
			err = errors.New("the two PINs differ; start again")
		}
		return first, err
	}
	line, err := bufio.NewReader(io.LimitReader(stdin, 256)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read PIN: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
