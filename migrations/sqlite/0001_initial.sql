-- The records of consultations. Instants are microseconds since 1970, UTC; token columns hold SHA-256 hashes, never a
-- token; NULL stands for what is empty or has not happened. Whoever runs this file does so in one transaction.

CREATE TABLE video_consultation_sessions (
    id                   TEXT PRIMARY KEY NOT NULL,
    version              INTEGER NOT NULL,
    appointment_id       TEXT,
    doctor_id            TEXT NOT NULL,
    patient_id           TEXT NOT NULL,
    status               TEXT NOT NULL CHECK (
        status IN ('SCHEDULED', 'ACTIVE', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'EXPIRED')),
    scheduled_start_time INTEGER NOT NULL,
    scheduled_end_time   INTEGER NOT NULL,
    actual_start_time    INTEGER,
    actual_end_time      INTEGER,
    room_id              TEXT NOT NULL UNIQUE,
    doctor_token         TEXT UNIQUE,
    patient_token        TEXT UNIQUE,
    token_generation     INTEGER NOT NULL,
    signaling_server_url TEXT,
    max_participants     INTEGER NOT NULL,
    metadata             TEXT,
    doctor_seen          INTEGER NOT NULL CHECK (doctor_seen IN (0, 1)),
    patient_seen         INTEGER NOT NULL CHECK (patient_seen IN (0, 1)),
    seen_together        INTEGER NOT NULL CHECK (seen_together IN (0, 1)),
    end_reason           TEXT,
    empty_since          INTEGER,
    due_at               INTEGER,
    closed_at            INTEGER,
    names_removed        INTEGER NOT NULL CHECK (names_removed IN (0, 1)),
    metadata_removed     INTEGER NOT NULL CHECK (metadata_removed IN (0, 1)),
    device_information_removed INTEGER NOT NULL CHECK (device_information_removed IN (0, 1)),
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL
) STRICT;

CREATE INDEX video_consultation_sessions_by_creation ON video_consultation_sessions (created_at, id);
CREATE INDEX video_consultation_sessions_by_doctor ON video_consultation_sessions (doctor_id, created_at, id);
CREATE INDEX video_consultation_sessions_by_patient ON video_consultation_sessions (patient_id, created_at, id);
CREATE INDEX video_consultation_sessions_by_status ON video_consultation_sessions (status, created_at, id);
CREATE INDEX video_consultation_sessions_due ON video_consultation_sessions (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE video_consultation_attendees (
    id            TEXT PRIMARY KEY NOT NULL,
    version       INTEGER NOT NULL,
    session_id    TEXT NOT NULL REFERENCES video_consultation_sessions (id) ON DELETE CASCADE,
    user_id       TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (
        role IN ('DOCTOR', 'PATIENT', 'INTERPRETER', 'GUEST', 'OBSERVER', 'ADMIN')),
    peer_id       TEXT NOT NULL,
    access_token  TEXT UNIQUE,
    token_number  INTEGER NOT NULL,
    display_name  TEXT,
    device_type   TEXT,
    browser_info  TEXT,
    invitation_id TEXT,
    joined_at     INTEGER,
    left_at       INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    UNIQUE (session_id, user_id)
) STRICT;

CREATE TABLE video_consultation_invitations (
    id           TEXT PRIMARY KEY NOT NULL,
    version      INTEGER NOT NULL,
    session_id   TEXT NOT NULL REFERENCES video_consultation_sessions (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (
        role IN ('DOCTOR', 'PATIENT', 'INTERPRETER', 'GUEST', 'OBSERVER', 'ADMIN')),
    display_name TEXT,
    token        TEXT UNIQUE,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX video_consultation_invitations_by_session ON video_consultation_invitations (session_id, created_at, id);

CREATE TABLE video_consultation_metrics (
    id                       TEXT PRIMARY KEY NOT NULL,
    session_id               TEXT NOT NULL UNIQUE REFERENCES video_consultation_sessions (id) ON DELETE CASCADE,
    session_duration_minutes REAL NOT NULL, -- in hundredths
    total_participants       INTEGER NOT NULL,
    created_at               INTEGER NOT NULL
) STRICT;

CREATE TABLE video_consultation_quality (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id  TEXT NOT NULL REFERENCES video_consultation_sessions (id) ON DELETE CASCADE,
    attendee_id TEXT NOT NULL,
    at          INTEGER NOT NULL,
    sample      TEXT NOT NULL
) STRICT;

CREATE INDEX video_consultation_quality_by_session ON video_consultation_quality (session_id, seq);

-- Answers once given to requests with an Idempotency-Key.
CREATE TABLE video_consultation_idempotency_keys (
    key_hash   TEXT PRIMARY KEY NOT NULL,
    body_hash  TEXT NOT NULL,
    session_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX video_consultation_idempotency_keys_by_expiry ON video_consultation_idempotency_keys (expires_at);

-- Which writes have been committed, for callers who did not hear the answer.
CREATE TABLE video_consultation_operations (
    id           TEXT PRIMARY KEY NOT NULL,
    committed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX video_consultation_operations_by_time ON video_consultation_operations (committed_at);

-- Events on their way out, each written with the change that it tells of. They outlive their sessions: no reference.
CREATE TABLE video_consultation_events (
    cursor     INTEGER PRIMARY KEY AUTOINCREMENT,
    type       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    payload    TEXT NOT NULL
) STRICT;

CREATE INDEX video_consultation_events_by_time ON video_consultation_events (at);
