package main

import (
	"errors"
	"fmt"
	"os"

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
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	return string(b), nil
}
