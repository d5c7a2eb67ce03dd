-- From the AWS Chime era, step 2 of 2: sessions, attendees and metrics from `chime_archive` into the tables that
-- `televisitctl db migrate` has made. For while no server runs. Run again, it adds what is not there yet and changes nothing.
--
-- What has no place is kept in chime_archive alone: meeting ids, media regions and placements, Chime's attendee ids and join
-- tokens (they open nothing any more), attendee minutes. Times without a zone are UTC.
--
--     psql -v ON_ERROR_STOP=1 -f 2_bring_over.sql "$TELEVISIT_DATABASE_URL"

BEGIN;

-- One person is one attendee of a session, from the first join to the last leaving; Chime had one for each join.
CREATE TEMPORARY TABLE people ON COMMIT DROP AS
SELECT DISTINCT ON (session_id, user_id)
    id::text AS id, session_id::text AS session_id, user_id,
    CASE WHEN upper(role) IN ('DOCTOR', 'PATIENT', 'INTERPRETER', 'GUEST', 'OBSERVER', 'ADMIN') THEN upper(role) ELSE 'GUEST' END
        AS role,
    last_value(device_type) OVER stays AS device_type, last_value(browser_info) OVER stays AS browser_info,
    min(joined_at) OVER stays AT TIME ZONE 'UTC' AS joined_at, max(left_at) OVER stays AT TIME ZONE 'UTC' AS left_at,
    min(created_at) OVER stays AT TIME ZONE 'UTC' AS created_at, max(created_at) OVER stays AT TIME ZONE 'UTC' AS updated_at
FROM chime_archive.video_consultation_attendees
WINDOW stays AS (PARTITION BY session_id, user_id ORDER BY created_at, id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY session_id, user_id, created_at, id;

-- A session that is not over is due at once: the server then decides what becomes of it.
INSERT INTO video_consultation_sessions (
    id, version, appointment_id, doctor_id, patient_id, status, scheduled_start_time, scheduled_end_time, actual_start_time,
    actual_end_time, room_id, token_generation, max_participants, doctor_seen, patient_seen, seen_together, due_at, closed_at,
    names_removed, metadata_removed, device_information_removed, created_at, updated_at)
SELECT
    old.id::text, 1, nullif(old.appointment_id, ''), old.doctor_id, old.patient_id, told.status,
    old.scheduled_start_time AT TIME ZONE 'UTC', old.scheduled_end_time AT TIME ZONE 'UTC',
    old.actual_start_time AT TIME ZONE 'UTC', old.actual_end_time AT TIME ZONE 'UTC',
    gen_random_uuid()::text, 1, 2,
    EXISTS (SELECT FROM people p WHERE p.session_id = old.id::text AND p.user_id = old.doctor_id AND p.joined_at IS NOT NULL),
    EXISTS (SELECT FROM people p WHERE p.session_id = old.id::text AND p.user_id = old.patient_id AND p.joined_at IS NOT NULL),
    EXISTS (SELECT FROM people d JOIN people p USING (session_id)
            WHERE session_id = old.id::text AND d.user_id = old.doctor_id AND p.user_id = old.patient_id
              AND d.joined_at < coalesce(p.left_at, 'infinity') AND p.joined_at < coalesce(d.left_at, 'infinity')),
    CASE WHEN told.status IN ('SCHEDULED', 'ACTIVE') THEN now() END,
    CASE WHEN told.status NOT IN ('SCHEDULED', 'ACTIVE')
         THEN coalesce(old.actual_end_time, old.updated_at) AT TIME ZONE 'UTC' END,
    false, false, false, old.created_at AT TIME ZONE 'UTC', old.updated_at AT TIME ZONE 'UTC'
FROM chime_archive.video_consultation_sessions old
CROSS JOIN LATERAL (SELECT CASE
    WHEN upper(old.status) IN ('SCHEDULED', 'ACTIVE', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'EXPIRED') THEN upper(old.status)
    WHEN old.actual_end_time IS NOT NULL THEN 'COMPLETED'
    WHEN old.actual_start_time IS NOT NULL THEN 'ACTIVE'
    ELSE 'SCHEDULED' END AS status) told
ON CONFLICT DO NOTHING;

INSERT INTO video_consultation_attendees (
    id, version, session_id, user_id, role, peer_id, token_number, device_type, browser_info, joined_at, left_at, created_at,
    updated_at)
SELECT id, 1, session_id, user_id, role, lower(role) || '_' || user_id || '_chime', 0, nullif(device_type, ''),
       nullif(browser_info, ''), joined_at, left_at, created_at, updated_at
FROM people
ON CONFLICT DO NOTHING;

-- Attendee minutes are a sum over people: two of them for half an hour are 60. A session's minutes are those from the first
-- arrival to the last departure. Where no times are left to tell them, the sum is shared out among those who took part.
INSERT INTO video_consultation_metrics (id, session_id, session_duration_minutes, total_participants, created_at)
SELECT DISTINCT ON (old.session_id)
    old.id::text, old.session_id::text,
    round(coalesce(
        extract(epoch FROM session.actual_end_time - session.actual_start_time) / 60,
        extract(epoch FROM stay.last - stay.first) / 60,
        old.attendee_minutes_used / greatest(old.total_participants, stay.people, 1),
        0), 2),
    coalesce(old.total_participants, stay.people), old.created_at AT TIME ZONE 'UTC'
FROM chime_archive.video_consultation_metrics old
JOIN video_consultation_sessions session ON session.id = old.session_id::text
CROSS JOIN LATERAL (SELECT min(joined_at) AS first, max(left_at) AS last, count(joined_at)::integer AS people
                    FROM people p WHERE p.session_id = old.session_id::text) stay
ORDER BY old.session_id, old.created_at DESC, old.id
ON CONFLICT DO NOTHING;

COMMIT;
