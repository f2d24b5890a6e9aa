//go:build unix

package relay

import (
	"os/exec"
	"syscall"
)

// alone puts a program and its children into a group of their own, which ends as
// a whole: none may open the gate after the guard was told to do it by hand.
func alone(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
}
