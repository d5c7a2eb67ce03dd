// Records in PostgreSQL: the schema is the administrator's to bring up; what was acknowledged outlives every crash; while the
// database is away rooms go on, REST says so in time, and nothing has to be restarted afterwards.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { builtIn, control } from '../lib/control.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { assertAway } from '../lib/load.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { get, outliveTheServer, takenRoom } from '../lib/stored-visits.mjs';
import { until } from '../lib/within.mjs';

/// televisitctl on that database.
const ask = (url, ...words) => control(words, { env: { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: url } });

/// A server whose file says all that the environment would.
const configuration = (url) => builtIn()
    .replace('${env:TELEVISIT_STORAGE:-sqlite}', 'postgres')
    .replace('url: ${env:TELEVISIT_DATABASE_URL:-}', `url: ${url}`)
    .replace('    use: storage-postgres\n', '    use: storage-postgres\n    deadline: 2s\n');

describe('the schema', () => {
    let database;
    before(async () => { database = await Postgres.open(); });
    after(() => database?.close());

    test('is missing at first: the server refuses to start, and names the command that helps', async () => {
        const result = await Daemon.run({
            config: builtIn(), env: { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: database.url },
        });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.match(result.output, /lacks migration 0001_initial: make a backup, then run `televisitctl db migrate --config FILE`/);
        const status = await ask(database.url, 'db', 'status');
        assert.equal(status.status, 1, status.error);
        assert.match(status.out, /^0001_initial +not yet$/m);
    });

    test('a dry run prints the SQL, which psql takes, and changes nothing', async () => {
        const dry = await ask(database.url, 'db', 'migrate', '--dry-run');
        assert.equal(dry.status, 0, dry.error);
        assert.match(dry.out, /^BEGIN;\n[\s\S]*CREATE TABLE video_consultation_sessions[\s\S]*COMMIT;\n$/);
        assert.deepEqual(await database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), ['0']);
    });

    test('is made by two runners at once, once; and then there is nothing left to do', async () => {
        const both = await Promise.all([ask(database.url, 'db', 'migrate'), ask(database.url, 'db', 'migrate')]);
        for (const one of both) assert.equal(one.status, 0, one.error);
        const status = await ask(database.url, 'db', 'status');
        assert.equal(status.status, 0, status.error);
        assert.match(status.out, /^0001_initial +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
        assert.equal((await ask(database.url, 'db', 'migrate', '--dry-run')).out, '');
        assert.deepEqual(await database.sql('SELECT number, name FROM schema_migrations'), ['1|initial']);
    });

    test('of a newer server is refused, by the server as by televisitctl', async () => {
        await database.sql("INSERT INTO schema_migrations VALUES (2, 'later', 'x', now())");
        const result = await Daemon.run({
            config: builtIn(), env: { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: database.url },
        });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.match(result.output, /has the schema of a newer server \(0002_later\)/);
        const migrated = await ask(database.url, 'db', 'migrate');
        assert.equal(migrated.status, 1);
        assert.match(migrated.error, /newer server/);
    });

    test('a database that is away, or a URL that is none, is told without the password', async () => {
        for (const url of ['postgresql://u:hidden@127.0.0.1:1/d', 'hidden']) {
            const status = await ask(url, 'db', 'status');
            assert.notEqual(status.status, 0);
            assert.notEqual(status.error, '');
            assert.doesNotMatch(status.error, /hidden/);
        }
    });

    test('cannot be looked at without a URL, and the variable that lacks is named', async () => {
        const status = await ask('', 'db', 'status');
        assert.equal(status.status, 2, status.out);
        assert.match(status.error, /url.* is required, but .*TELEVISIT_DATABASE_URL/);
    });

    test('of SQLite is shown, too', async () => {
        const status = await control(['db', 'status']);
        assert.match(status.out, /^0001_initial +not yet$/m);
    });
});

describe('visits', () => {
    let database;
    let hospital;
    const secrets = new Set();
    before(async () => {
        database = await Postgres.open();
        assert.equal((await ask(database.url, 'db', 'migrate')).status, 0);
        hospital = await Hospital.open(configuration(database.url));
    });
    after(async () => {
        await hospital?.close();
        await database?.close();
    });

    const room = () => takenRoom(hospital, secrets);

    test('are kept: made, joined, entered, ended, and the same after the server was killed', async () => {
        const visit = await outliveTheServer(hospital, secrets);
        const rows = await database.sql(`SELECT session_duration_minutes >= 0, total_participants FROM video_consultation_metrics WHERE session_id = '${visit.id}'`);
        assert.deepEqual(rows, ['t|2']);
    });

    for (const [how, leave, back] of [
        ['is stopped', () => database.signal('SIGSTOP'), () => database.signal('SIGCONT')],
        ['is killed', () => database.kill(), () => database.start()],
    ])
        test(`while the database ${how}, rooms go on, REST answers 503 in time, and all works when it is back`, async () => {
            const { visit, doctor, patient } = await room();
            const before = (await get(visit)).json;
            await leave();
            try {
                const answers = await Promise.all(Array.from({ length: 20 }, () => get(visit)));
                for (const answer of answers) assertAway(answer);
                assertAway(await visit.join(visit.patientJwt));
                await doctor.reaches(patient, 'said while the database is away');
                await patient.reaches(doctor, 'answered while the database is away');
                assert.equal((await hospital.daemon.get('/health/live')).status, 200);
            } finally {
                await back();
            }
            await until(async () => (await get(visit)).status === 200, 'the session after the database came back');
            assert.equal((await get(visit)).json.created_at, before.created_at);
            await until(async () => (await visit.join(visit.patientJwt)).status === 200, 'a join after the database came back');
            await doctor.reaches(patient, 'and on');
            assert.ok(await hospital.daemon.metric('televisit_postgres_connections_lost_total') > 0);
            for (const peer of [doctor, patient]) peer.destroy();
        });

    test('a dump of the database holds no token', async () => {
        const dump = await database.dump();
        assert.match(dump, /INSERT INTO public\.video_consultation_attendees/);
        assert.ok(secrets.size > 0);
        for (const text of secrets) assert.ok(!dump.includes(text), 'a token in clear');
    });
});
