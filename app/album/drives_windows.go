package album

import "os"

// driveRoots are the drives with letters behind that of the system.
func driveRoots() (all []string) {
	for letter := 'D'; letter <= 'Z'; letter++ {
		if root := string(letter) + `:\`; exists(root) {
			all = append(all, root)
		}
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
