"""Prints the rows that a query finds in an SQLite file, as JSON: Node 20 cannot read one. It never writes."""
import json
import sqlite3
import sys

file, query, values = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
database.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in database.execute(query, values)]))
