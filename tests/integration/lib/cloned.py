"""Adds copies of what an SQLite file of records holds, with texts that stores like to spoil, to make it long to read."""
import sqlite3
import sys

file, times = sys.argv[1], int(sys.argv[2])
HOSTILE = "it's \"q\" \\ %s $1 ; -- \0\n\U0001fa7a " + "\u00e9" * 500


def clone(database, table, change):
    rows = database.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in rows.description]
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    for row in rows.fetchall():
        for number in range(times):
            values = dict(zip(names, row))
            change(values, number)
            database.execute(insert, [values[name] for name in names])


def session(values, number):
    values.update(id=f"{values['id']}-{number}", room_id=f"{values['room_id']}-{number}", doctor_token=None,
                  patient_token=None, appointment_id=HOSTILE, end_reason=HOSTILE, version=number + 1,
                  created_at=values["created_at"] - number, due_at=None)


def attendee(values, number):
    values.update(id=f"{values['id']}-{number}", session_id=f"{values['session_id']}-{number}", access_token=None,
                  display_name=HOSTILE, browser_info=HOSTILE)


def sample(values, number):
    values.update(seq=None, session_id=f"{values['session_id']}-{number}", sample=HOSTILE)


def operation(values, number):
    values.update(id=f"{values['id']}-{number}")


with sqlite3.connect(file) as database:
    clone(database, "video_consultation_sessions", session)
    clone(database, "video_consultation_attendees", attendee)
    clone(database, "video_consultation_quality", sample)
    clone(database, "video_consultation_operations", operation)
