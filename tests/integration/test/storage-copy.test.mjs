// televisitctl storage copy: every record, from any store to any other; interrupted, gone on with, compared.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Visit, call } from '../../e2e/lib/visit.mjs';
import { builtIn } from '../lib/control.mjs';
import { Copying } from '../lib/copying.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { Manual, perform as performed } from '../lib/manual.mjs';
import { Peer } from '../lib/peer.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { Redis } from '../lib/redis.mjs';

const run = promisify(execFile);
const cloned = join(dirname(fileURLToPath(import.meta.url)), '../lib/cloned.py');
const kHostile = 'it\'s "q" \\ %s $1 ; -- \u{1fa7a} 医';
const kEmptied = 'TRUNCATE ' + ['sessions', 'attendees', 'invitations', 'metrics', 'quality', 'idempotency_keys', 'operations', 'events']
    .map((table) => `video_consultation_${table}`).join(', ');
const jwtSecret = randomBytes(32).toString('hex');

const kinds = ['sessions', 'attendees', 'invitations', 'metrics', 'quality samples', 'idempotency keys', 'operations', 'events'];

/// The table that was printed: by kind, the two counts and the digest.
function tableOf(out) {
    const rows = out.split('\n').map((line) => /^([a-z ]+?) {2,}(\d+) +(\d+) +(\S+)/.exec(line)).filter(Boolean);
    return Object.fromEntries(rows.map(([, kind, from, to, digest]) => [kind, { from: Number(from), to: Number(to), digest }]));
}

function assertSame(result) {
    assert.equal(result.status, 0, result.error + result.out);
    assert.match(result.out, /^both hold the same$/m);
    const table = tableOf(result.out);
    assert.deepEqual(Object.keys(table), kinds);
    for (const { from, to, digest } of Object.values(table)) {
        assert.equal(from, to);
        assert.match(digest, /^[0-9a-f]{64}$/);
    }
    return table;
}

const seconds = (count) => new Date(Date.now() + count * 1000).toISOString();

describe('storage copy', () => {
    const copying = new Copying();
    let database;
    let redis;
    let inRedis;
    let file;
    let inPostgres;
    let visit;
    let over;
    let invited;
    let seats;
    const request = { key: 'a key', body: {
        doctor_id: 'doctor-k', patient_id: 'patient-k', scheduled_start_time: seconds(-60), scheduled_end_time: seconds(3600),
    } };
    let replayed;

    const create = (server) => call(server, 'POST', '/api/video/sessions',
        { token: visit.doctorJwt, body: { ...request.body, doctor_id: visit.doctorId }, headers: { 'Idempotency-Key': request.key } });

    before(async () => {
        database = await Postgres.open();
        redis = await Redis.open({ options: { appendonly: 'yes', appendfsync: 'always' } });
        inRedis = copying.redis('redis', redis);
        file = copying.sqlite('used');
        inPostgres = copying.postgres('postgres', database);
        await copying.serve(file, jwtSecret, async (server) => {
            visit = await Visit.create(server, { metadata: { note: kHostile, nothing: '\0' }, appointment_id: kHostile, max_participants: 4 });
            seats = [await visit.doctor(), await visit.patient()];
            invited = (await visit.post('invitations', visit.doctorJwt, { role: 'INTERPRETER', display_name: kHostile })).json;
            for (let i = 0; i < 3; ++i) assert.equal((await visit.post('quality', visit.patientJwt, { rtt_ms: 40 + i })).status, 204);
            over = await Visit.create(server);
            const peers = [await Peer.enter(server, await over.doctor()), await Peer.enter(server, await over.patient())];
            await peers[0].next('user_joined');
            assert.equal((await over.post('end', over.doctorJwt, {})).status, 200);
            for (const peer of peers) peer.destroy();
            replayed = (await create(server)).json;
        });
        await run('python3', [cloned, join(copying.folder, 'used.db'), '250']);
    });
    after(async () => {
        copying.close();
        await database?.close();
        await redis?.close();
    });

    test('asks for a schema before anything is copied', async () => {
        const refused = await copying.copy(file, inPostgres);
        assert.equal(refused.status, 1, refused.out);
        assert.match(refused.error, /postgres\.yaml: the database lacks migration 0001_initial.*`televisitctl db migrate --config FILE`/);
        const migrated = await copying.control('db', 'migrate', '--config', inPostgres);
        assert.equal(migrated.status, 0, migrated.error);
    });

    test('moves a used store from SQLite to PostgreSQL and back, record by record', async () => {
        const there = assertSame(await copying.copy(file, inPostgres));
        assert.equal(copying.interrupted, undefined);
        assert.ok(there.sessions.from > 500 && there['quality samples'].from > 500, JSON.stringify(there));
        assert.equal(there.invitations.from, 1);
        assert.equal(there.metrics.from, 1);
        assert.equal(there['idempotency keys'].from, 1);
        const another = copying.sqlite('back');
        assert.deepEqual(assertSame(await copying.copy(inPostgres, another)), there);
        assert.deepEqual(assertSame(await copying.compare(file, another)), there);
    });

    test('moves them to Redis, and from there to PostgreSQL', async () => {
        const there = assertSame(await copying.copy(file, inRedis));
        assert.deepEqual(assertSame(await copying.copy(inRedis, inPostgres, '--erase-target')), there);
        assert.deepEqual(assertSame(await copying.compare(file, inPostgres)), there);
        const refused = await copying.copy(file, inRedis);
        assert.match(refused.error, /it holds records already/);
        const careless = await Redis.open();
        try {
            const lost = await copying.copy(file, copying.redis('careless', careless));
            assert.equal(lost.status, 1, lost.out);
            assert.match(lost.error, /careless\.yaml: .*appendonly/);
        } finally {
            await careless.close();
        }
    });

    test('refuses a target that holds records, unless it is told to remove them', async () => {
        const refused = await copying.copy(file, inPostgres);
        assert.equal(refused.status, 1, refused.out);
        assert.match(refused.error, /postgres\.yaml: it holds records already; --erase-target removes them/);
        assertSame(await copying.copy(file, inPostgres, '--erase-target'));
    });

    for (const [name, store] of [['PostgreSQL', () => inPostgres], ['Redis', () => inRedis]]) test(`makes a store in ${name} on which a server goes on: the same visits, the same tokens, the same answers`, async () => {
        await copying.serve(store(), jwtSecret, async (server) => {
            const get = (of) => call(server, 'GET', `/api/video/sessions/${of.id}`, { token: of.doctorJwt });
            const kept = (await get(visit)).json;
            assert.equal(kept.appointment_id, kHostile);
            assert.deepEqual(kept.metadata, { note: kHostile, nothing: '\0' });
            assert.equal((await get(over)).json.status, 'COMPLETED');
            const same = (await create(server)).json;
            for (const name of ['session_id', 'room_id', 'doctor_token', 'patient_token']) assert.equal(same[name], replayed[name], name);
            // The access tokens of before open the room, the invitations another join.
            const doctor = await Peer.enter(server, seats[0]);
            const patient = await Peer.enter(server, seats[1]);
            await doctor.next('user_joined');
            await doctor.reaches(patient, 'a word');
            const join = (token) => call(server, 'POST', `/api/video/sessions/${visit.id}/join`, { token, body: { device_type: 'web' } });
            assert.equal((await join(visit.session.patient_token)).status, 200);
            assert.equal((await join(invited.token ?? invited.invitation_token)).status, 200);
            for (const peer of [doctor, patient]) peer.destroy();
        });
        const differs = await copying.compare(file, store());
        assert.equal(differs.status, 1, differs.out);
        assert.match(differs.error, /the two do not hold the same/);
        assert.equal(tableOf(differs.out).attendees.digest, 'differs');
        assert.match(tableOf(differs.out).metrics.digest, /^[0-9a-f]{64}$/);
    });

    /// Holds up a copy before it puts the first record of a table.
    const beforeFirst = (table) => `LOCK TABLE video_consultation_${table} IN SHARE MODE`;

    test('goes on where it was killed, as often as it takes, and every record is there once', async () => {
        await database.sql(kEmptied);
        const [middle] = await copying.rows('used', 'SELECT id FROM video_consultation_operations ORDER BY id LIMIT 1 OFFSET 1200');
        const between = `INSERT INTO video_consultation_operations VALUES ('${middle.id}', now())`;
        for (const [kind, sql] of [[1, beforeFirst('attendees')], [4, beforeFirst('quality')], [6, between], [6, between], [7, beforeFirst('events')]])
            await copying.killedAt(kind, sql, file, inPostgres, database);
        const served = await Daemon.run({ config: readFileSync(inPostgres, 'utf8'), state: join(copying.folder, 'another state') });
        assert.equal(served.code, exits.startFailed, served.output);
        assert.match(served.output, /is the target of a copy that is not finished: run `televisitctl storage copy` again, to its end/);
        const other = await copying.copy(file, copying.sqlite('other'));
        assert.equal(other.status, 1);
        assert.match(other.error, /another copy was interrupted, says .*storage-copy\.progress/);
        const finished = await copying.copy(file, inPostgres);
        assert.match(finished.error, /^going on where the copy was interrupted$/m);
        assertSame(finished);
        assertSame(await copying.compare(file, inPostgres));
    });

    test('says so when the source changed meanwhile', async () => {
        const from = copying.sqlite('changing');
        assertSame(await copying.copy(file, from));
        await database.sql(kEmptied);
        await copying.killedAt(1, beforeFirst('attendees'), from, inPostgres, database);
        await run('python3', ['-c', 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as db: '
            + 'db.execute("UPDATE video_consultation_sessions SET version = version + 1 WHERE id = (SELECT min(id) FROM video_consultation_sessions)")',
        join(copying.folder, 'changing.db')]);
        const finished = await copying.copy(from, inPostgres);
        assert.equal(finished.status, 1, finished.out);
        assert.match(finished.error, /the source has changed since it was copied/);
        assert.equal(tableOf(finished.out).sessions.digest, 'differs');
        assertSame(await copying.copy(from, inPostgres, '--erase-target'));
    });

    test('finds a record that the target does not hold as it was copied', async () => {
        assertSame(await copying.copy(file, inPostgres, '--erase-target'));
        await database.sql("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.display_name := NULL; RETURN NEW; END'");
        await database.sql('CREATE TRIGGER spoil BEFORE INSERT ON video_consultation_attendees FOR EACH ROW EXECUTE FUNCTION spoil()');
        const spoilt = await copying.copy(file, inPostgres, '--erase-target');
        assert.equal(spoilt.status, 1, spoilt.out);
        assert.match(spoilt.error, /the target does not hold what was copied into it/);
        const table = tableOf(spoilt.out);
        assert.deepEqual(Object.keys(table).filter((kind) => table[kind].digest === 'differs'), ['attendees']);
        assert.equal(table.attendees.from, table.attendees.to);
        await database.sql('DROP TRIGGER spoil ON video_consultation_attendees');
        assertSame(await copying.copy(file, inPostgres, '--erase-target'));
    });

    test('says in words what it cannot do', async () => {
        const memory = copying.memory('memory');
        for (const [words, status, why] of [
            [[file, memory], 1, /storage-memory keeps records only while its server runs: nothing can be copied into it/],
            [[file, file], 1, /both configurations name the same store/],
            [[copying.sqlite('absent'), inPostgres], 1, /there is no file .*absent\.db/],
            [[join(copying.folder, 'none.yaml'), inPostgres], 2, /none\.yaml/],
            [[copying.vendors('vendor'), inPostgres], 1, /vendor\.yaml: faulty-store offers no copy of its records/],
        ]) {
            const refused = await copying.copy(...words);
            assert.equal(refused.status, status, refused.error);
            assert.match(refused.error, why);
        }
        const incomplete = await copying.control('storage', 'copy', '--from', file);
        assert.equal(incomplete.status, 64);
        assert.match(incomplete.error, /--to is missing/);
        const empty = assertSame(await copying.copy(memory, copying.sqlite('empty')));
        assert.equal(empty.sessions.from, 0);
    });

    test('erases nothing for a source without records, as when the two were mistaken for each other', async () => {
        const refused = await copying.copy(copying.memory('memory'), inRedis, '--erase-target');
        assert.equal(refused.status, 1, refused.out);
        assert.match(refused.error, /redis\.yaml: nothing is erased for a source without records/);
        assert.ok(Number(await redis.cli('ZCARD', 'televisit:sessions')) > 500);
    });

    test('erases nothing when both configurations name one store, however they spell it', async () => {
        assertSame(await copying.copy(file, inPostgres, '--erase-target'));
        for (const [stored, name, ...edit] of [
            [file, 'sqlite', `\${env:TELEVISIT_SQLITE_PATH:-${copying.state}/televisit.db}`, `${copying.folder}/./used.db`],
            [inPostgres, 'postgres', 'url: ${env:TELEVISIT_DATABASE_URL:-}', `url: ${database.url}&application_name=again`],
            [inRedis, 'redis', 'url: ${env:TELEVISIT_REDIS_URL:-}', `url: unix:/.${redis.socket}`],
        ]) {
            const again = copying.configure('again', name, edit);
            const refused = await copying.copy(stored, again, '--erase-target');
            assert.equal(refused.status, 1, refused.out);
            assert.match(refused.error, /again\.yaml: both configurations name the same store/);
            assert.ok(assertSame(await copying.compare(stored, again)).sessions.from > 500);
            await copying.serve(stored, jwtSecret, async (server) => {
                assert.equal((await call(server, 'GET', `/api/video/sessions/${over.id}`, { token: over.doctorJwt })).json.status, 'COMPLETED');
            });
        }
    });

    test('tells of a server that keeps its records in the source, and refuses a target where one does', async () => {
        await copying.serve(file, jwtSecret, async () => {
            const copied = await copying.copy(file, copying.sqlite('warned'));
            assert.match(copied.error, /^note: a server keeps its records in the source/m);
            const refused = await copying.copy(inRedis, file, '--erase-target');
            assert.equal(refused.status, 1, refused.out);
            assert.match(refused.error, /used\.yaml: a server keeps its records there; stop it first/);
        });
        assert.ok((await copying.rows('used', 'SELECT count(*) AS count FROM video_consultation_sessions'))[0].count > 500);
    });
});

test('a backend is changed as docs/operations.md says, and back', async () => {
    const manual = new Manual('Changing the backend');
    const folder = mkdtempSync(join(tmpdir(), 'televisit-change-'));
    const database = await Postgres.open();
    let hospital;
    try {
        hospital = await Hospital.open(builtIn());
        writeFileSync(join(folder, 'televisitd.yaml'), builtIn());
        const environment = join(folder, 'environment');
        writeFileSync(environment, `TELEVISIT_DATABASE_URL=${database.url}\n`);
        const prepare = manual.next('from.yaml');
        const perform = (block) => performed(prepare + block, { edits: [['/etc/televisit', folder], ['/var/lib/televisit', hospital.state]] });
        const same = async (block) => assert.match(await perform(block), /^both hold the same$/m);

        const before = await Visit.create(hospital);
        await same(manual.next('db migrate'));
        const meanwhile = await Visit.create(hospital);
        const change = manual.next('TELEVISIT_STORAGE=postgres');
        const compare = manual.next('storage compare');
        await hospital.crash(1, async () => {
            await same(change);
            await same(compare);
            assert.match(readFileSync(environment, 'utf8'), /^TELEVISIT_STORAGE=postgres$/m);
            hospital.env = { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: database.url };
        });
        for (const visit of [before, meanwhile]) assert.equal((await visit.join(visit.session.patient_token)).status, 200);
        const later = await Visit.create(hospital);
        await hospital.crash(1, async () => {
            await same(manual.next('chown'));
            assert.doesNotMatch(readFileSync(environment, 'utf8'), /TELEVISIT_STORAGE/);
            hospital.env = {};
        });
        for (const visit of [meanwhile, later]) assert.equal((await visit.join(visit.session.doctor_token)).status, 200);
        assert.deepEqual(manual.left, []);
    } finally {
        await hospital?.close();
        await database.close();
        rmSync(folder, { recursive: true, force: true });
    }
});
