// Storages that a server can keep its records in, each with what may happen to it, and a way to look into it past the server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Line } from '../../e2e/lib/line.mjs';
import { builtIn, control } from './control.mjs';
import { Hospital } from './hospital.mjs';
import { Postgres, socketIn, urlAt } from './postgres.mjs';
import { Redis } from './redis.mjs';
import { pick } from './seeded.mjs';
import { within } from './within.mjs';

/// How long a call into the storage may take: short, since waiting for it is part of the tests.
const kDeadline = '1500ms';

/// A room that people have lost is not given up while they are looked for.
export const configuration = (use) => builtIn().replace(`    use: ${use}\n`, (line) => `${line}    deadline: ${kDeadline}\n`)
    .replace('  join_late_minutes: 15\n', (line) => `${line}  empty_room_minutes: 600\n`);

/// The events of which each session has one, or none.
const kCounted = ['session.created', 'session.active', 'session.completed', 'session.cancelled'];

/// The rows that every storage in SQL has, by table.
const kQueries = {
    sessions: 'SELECT id, status, patient_id FROM video_consultation_sessions',
    attendees: 'SELECT session_id, user_id, access_token, joined_at IS NOT NULL AS came, left_at IS NOT NULL AS gone FROM video_consultation_attendees',
    invitations: 'SELECT id, session_id FROM video_consultation_invitations',
    usage: 'SELECT session_id, total_participants FROM video_consultation_metrics',
    events: 'SELECT session_id, type, count(*) AS times FROM video_consultation_events WHERE type IN '
        + `(${kCounted.map((type) => `'${type}'`)}) GROUP BY session_id, type`,
};

/// A fault is `strike(fire)`: it makes itself, calls `fire.meanwhile()` while it lasts, and mends itself. `kills` counts those
/// that end a process.
const serverKilled = { name: 'televisitd is killed', kills: 1, strike: (fire) => fire.restartServer() };

/// Brings the database up to what the server needs.
export async function migrate(env) {
    const migrated = await control(['db', 'migrate'], { env });
    assert.equal(migrated.status, 0, migrated.error);
}

/// What a PostgreSQL server holds of visits.
export async function lookInto(database) {
    const tables = {};
    for (const [table, query] of Object.entries(kQueries)) {
        const lines = await database.sql(`SELECT to_json(rows) FROM (${query}) AS rows`);
        tables[table] = lines.map((line) => JSON.parse(line));
    }
    return tables;
}

/// What may happen to the line to a database that is told to write by `word`.
const ofLine = (name, line, word) => [
    { name: `every connection to ${name} breaks`, strike: async () => line.drop() },
    { name: `${name} is out of reach`, strike: async (fire) => {
        line.cut();
        await fire.meanwhile({ away: true });
        line.mend();
    } },
    { name: `nothing more is heard of ${name}`, strike: async (fire) => {
        line.stall();
        await fire.meanwhile({ away: true });
        line.flow();
    } },
    { name: `the line to ${name} is slow`, strike: async (fire) => {
        line.slow(pick(fire.random, [5, 20, 60]));
        await fire.meanwhile();
        line.slow(0);
    } },
    { name: `${word} is not heard`, strike: () => line.cutAt(word) },
    { name: `the answer to ${word} is lost`, strike: () => line.cutAt(word, { heard: true }) },
];

class InPostgres {
    static async open() {
        const storage = new InPostgres();
        storage.database = await Postgres.open();
        storage.folder = mkdtempSync(join(tmpdir(), 'televisit-line-'));
        storage.line = await Line.start(storage.database, { path: socketIn(storage.folder) });
        storage.env = { TELEVISIT_STORAGE: 'postgres', TELEVISIT_DATABASE_URL: urlAt(storage.folder) };
        await migrate(storage.env);
        return storage;
    }

    config = configuration('storage-postgres');

    get faults() {
        const { database, line } = this;
        const away = (name, how) => ({ name: `PostgreSQL ${name}`, kills: 1, strike: async (fire) => {
            await how();
            await fire.meanwhile({ away: true });
            await database.start();
        } });
        return [
            serverKilled, serverKilled, serverKilled,
            away('is killed', () => database.kill()),
            away('is killed', () => database.kill()),
            away('stops without waiting for anything', () => database.stop('immediate')),
            away('is restarted', () => database.stop('fast')),
            { name: 'both are killed', kills: 2, strike: (fire) => fire.restartServer(async () => {
                await database.kill();
                await database.start();
            }) },
            ...ofLine('PostgreSQL', line, 'COMMIT'),
        ];
    }

    look() { return lookInto(this.database); }

    /// All that it holds, as text.
    text() { return this.database.dump(); }

    async close() {
        await this.line.stop();
        await this.database.close();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

class InSqlite {
    static async open() { return new InSqlite(); }

    env = { TELEVISIT_STORAGE: 'sqlite' };
    config = configuration('storage-sqlite');

    get faults() {
        return [serverKilled, serverKilled, serverKilled, { name: 'another process has locked the file', strike: (fire) => this.#locked(fire) }];
    }

    async #locked(fire) {
        const program = 'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)\n'
            + 'db.execute("BEGIN EXCLUSIVE")\nprint("locked", flush=True)\nsys.stdin.read()';
        const holder = spawn('python3', ['-c', program, join(fire.hospital.state, 'televisit.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
        try {
            await within(new Promise((done, fail) => {
                holder.stdout.once('data', done);
                holder.once('close', () => fail(new Error('the file could not be locked')));
            }), 'a locked file');
            await fire.meanwhile();
        } finally {
            const ended = new Promise((done) => holder.once('close', done));
            holder.stdin.end();
            await within(ended, 'the end of the lock');
        }
    }

    async look(hospital) {
        const tables = {};
        for (const [table, query] of Object.entries(kQueries)) tables[table] = await hospital.rows(query);
        return tables;
    }

    /// What its files hold is looked at when the hospital closes.
    text() { return ''; }
    async close() {}
}

/// The records in Redis as rows; empty tables come as objects.
const kRedisRows = `
    local function rows(kind)
        local found = {}
        for _, key in ipairs(redis.call('KEYS', 'televisit:' .. kind .. ':*')) do
            local fields, row = redis.call('HGETALL', key), {}
            for i = 1, #fields, 2 do row[fields[i]] = fields[i + 1] end
            row.key = string.sub(key, #('televisit:' .. kind .. ':') + 1)
            found[#found + 1] = row
        end
        return found
    end
    local told = {}
    for _, event in ipairs(redis.call('XRANGE', 'televisit:events', '-', '+')) do
        local row = {}
        for i = 1, #event[2], 2 do row[event[2][i]] = event[2][i + 1] end
        told[#told + 1] = {type = row.type, session_id = row.session_id}
    end
    return cjson.encode({rows('session'), rows('attendee'), rows('invitation'), rows('metrics'), told})`;

class InRedis {
    static async open() {
        const storage = new InRedis();
        storage.database = await Redis.open({ options: { appendonly: 'yes', appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' } });
        storage.folder = mkdtempSync(join(tmpdir(), 'televisit-line-'));
        const path = join(storage.folder, 'redis.sock');
        storage.line = await Line.start({ path: storage.database.socket }, { path });
        storage.env = { TELEVISIT_STORAGE: 'redis', TELEVISIT_REDIS_URL: `unix:${path}` };
        return storage;
    }

    config = configuration('storage-redis');

    get faults() {
        const { database, line } = this;
        const away = (name, how, back) => ({ name: `Redis ${name}`, kills: 1, strike: async (fire) => {
            await how();
            await fire.meanwhile({ away: true });
            await back();
        } });
        const killed = away('is killed', () => database.kill(), () => database.start());
        return [
            serverKilled, serverKilled, serverKilled, killed, killed, killed,
            { ...away('is held still', () => database.pause(), () => database.resume()), kills: 0 },
            { name: 'both are killed', kills: 2, strike: (fire) => fire.restartServer(() => database.restart()) },
            { name: 'Redis forgets the scripts', strike: () => database.cli('SCRIPT', 'FLUSH') },
            ...ofLine('Redis', line, 'EVALSHA'),
        ];
    }

    async look() {
        const rows = (table) => (Array.isArray(table) ? table : []);
        const [sessions, attendees, invitations, usage, told] = JSON.parse(await this.database.cli('EVAL', kRedisRows, '0')).map(rows);
        const times = new Map();
        for (const { type, session_id } of told) times.set(`${session_id} ${type}`, (times.get(`${session_id} ${type}`) ?? 0) + 1);
        return {
            sessions: sessions.map((row) => ({ ...row, id: row.key })),
            attendees: attendees.map((row) => ({ ...row, came: Boolean(row.joined_at), gone: Boolean(row.left_at) })),
            invitations: invitations.map((row) => ({ ...row, id: row.key })),
            usage: usage.map((row) => ({ session_id: row.key, total_participants: Number(row.total_participants) })),
            events: [...times].map(([key, count]) => ({ session_id: key.split(' ')[0], type: key.split(' ')[1], times: count }))
                .filter((row) => kCounted.includes(row.type)),
        };
    }

    /// Every command that wrote.
    text() {
        const folder = join(this.database.folder, 'appendonlydir');
        return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')).join('');
    }

    async close() {
        await this.line.stop();
        await this.database.close();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/// By the names that TELEVISIT_STORAGE takes.
export const storages = { postgres: InPostgres, sqlite: InSqlite, redis: InRedis };

/// A server on that storage.
export const hospitalOn = (storage) => Hospital.open(storage.config, { env: storage.env });
