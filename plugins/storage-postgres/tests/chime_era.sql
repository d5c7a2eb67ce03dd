-- A database of the AWS Chime era, filled.
CREATE TABLE video_consultation_sessions (
    id                          uuid PRIMARY KEY,
    appointment_id              varchar(64),
    doctor_id                   varchar(64) NOT NULL,
    patient_id                  varchar(64) NOT NULL,
    status                      varchar(20) NOT NULL DEFAULT 'SCHEDULED',
    scheduled_start_time        timestamp NOT NULL,
    scheduled_end_time          timestamp NOT NULL,
    actual_start_time           timestamp,
    actual_end_time             timestamp,
    meeting_id                  varchar(255) UNIQUE,
    external_meeting_id         varchar(255),
    media_region                varchar(50),
    media_placement_audio_host_url     text,
    media_placement_audio_fallback_url text,
    media_placement_signaling_url      text,
    media_placement_turn_control_url   text,
    media_placement_screen_data_url    text,
    created_at                  timestamp NOT NULL DEFAULT now(),
    updated_at                  timestamp NOT NULL DEFAULT now()
);
CREATE TABLE video_consultation_attendees (
    id                  uuid PRIMARY KEY,
    session_id          uuid NOT NULL REFERENCES video_consultation_sessions(id) ON DELETE CASCADE,
    user_id             varchar(64) NOT NULL,
    role                varchar(20) NOT NULL,
    chime_attendee_id   varchar(255),
    external_user_id    varchar(255),
    join_token          text,
    device_type         varchar(50),
    browser_info        text,
    joined_at           timestamp,
    left_at             timestamp,
    created_at          timestamp NOT NULL DEFAULT now()
);
CREATE TABLE video_consultation_metrics (
    id                      uuid PRIMARY KEY,
    session_id              uuid NOT NULL REFERENCES video_consultation_sessions(id) ON DELETE CASCADE,
    attendee_minutes_used   numeric(10,2),
    total_participants      integer,
    created_at              timestamp NOT NULL DEFAULT now()
);

-- 1: half an hour with two people, one of whom came twice. 2: over, and no times are left. 3: to come. 4: an unknown status.
INSERT INTO video_consultation_sessions (id, doctor_id, patient_id, status, scheduled_start_time, scheduled_end_time,
    actual_start_time, actual_end_time, meeting_id, media_region, created_at)
SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'd-' || n, 'p-' || n, status, '2025-03-01 10:00:00.123456',
       '2025-03-01 10:30', started, ended, 'meeting-' || n, 'eu-central-1', '2025-02-01 08:00'
FROM (VALUES (1, 'COMPLETED', '2025-03-01 10:00:30'::timestamp, '2025-03-01 10:30:30'::timestamp), (2, 'COMPLETED', NULL, NULL),
             (3, 'SCHEDULED', NULL, NULL), (4, 'MEETING_DELETED', '2025-03-01 10:00', '2025-03-01 10:05'))
    AS rows (n, status, started, ended);

INSERT INTO video_consultation_attendees (id, session_id, user_id, role, chime_attendee_id, join_token, device_type, joined_at,
    left_at, created_at)
SELECT ('10000000-0000-0000-0000-00000000000' || n)::uuid, '00000000-0000-0000-0000-000000000001', who, role, 'chime-' || n,
       'join-token-' || n, device, joined, gone, joined
FROM (VALUES (1, 'd-1', 'DOCTOR', 'web', '2025-03-01 10:00:30'::timestamp, '2025-03-01 10:30:30'::timestamp),
             (2, 'p-1', 'patient', 'web', '2025-03-01 10:01', '2025-03-01 10:10'),
             (3, 'p-1', 'patient', 'phone', '2025-03-01 10:11', '2025-03-01 10:30'))
    AS rows (n, who, role, device, joined, gone);

INSERT INTO video_consultation_metrics (id, session_id, attendee_minutes_used, total_participants)
VALUES ('20000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001', 58.00, 2),
       ('20000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000002', 40.50, 2);
