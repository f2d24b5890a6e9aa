//go:build !windows

package album

// driveRoots are the folders into which systems hang memory sticks.
func driveRoots() []string { return []string{"/media", "/run/media", "/Volumes"} }
