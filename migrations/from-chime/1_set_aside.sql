-- From the AWS Chime era, step 1 of 2: the old tables go, as they are, into a schema `chime_archive`, where they stay. Then
-- `televisitctl db migrate` makes the new ones, and step 2 brings over what has a place in them. Run again, it does nothing.
--
--     psql -v ON_ERROR_STOP=1 -f 1_set_aside.sql "$TELEVISIT_DATABASE_URL"

BEGIN;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM information_schema.columns
                   WHERE table_schema = current_schema() AND table_name = 'video_consultation_sessions'
                     AND column_name = 'meeting_id') THEN
        RETURN;
    END IF;
    CREATE SCHEMA chime_archive;
    ALTER TABLE video_consultation_sessions SET SCHEMA chime_archive;
    ALTER TABLE video_consultation_attendees SET SCHEMA chime_archive;
    ALTER TABLE video_consultation_metrics SET SCHEMA chime_archive;
END
$$;
COMMIT;
