package hubdb

// Pragma reads a setting of the connection that writes.
func (db *DB) Pragma(name string) (value string, err error) {
	err = db.writer.QueryRow("PRAGMA " + name).Scan(&value)
	return value, err
}
