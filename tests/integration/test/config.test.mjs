// A configuration that is wrong: every mistake with its place, all together, exit 2, and no server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Daemon, exits, plugins, testPlugins } from '../lib/daemon.mjs';
import { marked } from '../lib/marked.mjs';

const base = `\
state_dir: \${env:TELEVISIT_STATE_DIR}
server:
  host: 127.0.0.1
  port: \${env:TELEVISIT_PORT}
plugin_path: [${plugins}, ${testPlugins}]
roles:
  records: memory
  presence: memory
  backplane: memory
  authenticator: auth
plugins:
  - id: memory
    use: storage-memory
  - id: auth
    use: auth-jwt
    config:
      secret: \${env:TELEVISIT_JWT_SECRET}
  - id: rest
    use: rest-api
`;

/// The base file with one part replaced, or with `more` after it.
function edited(before, after) {
    assert.ok(base.includes(before), before);
    return base.replace(before, () => after);
}
const appended = (more) => base + more;

/// What the daemon says of the file: its diagnostics without the file's name.
async function diagnose(text, { args = [], env = {} } = {}) {
    const result = await Daemon.run({ config: text, args, env });
    const file = `${result.folder}/televisitd.yaml`;
    const lines = result.output.split('\n').filter((line) => line.startsWith(`${file}:`)).map((line) => line.slice(file.length + 1));
    return { ...result, lines };
}

/// `messages` belong to the marks of `text`, in their order; nothing else is wrong.
async function expectProblems(text, messages, options = {}) {
    const { text: plain, places } = marked(text);
    assert.equal(places.length, messages.length, 'as many marks as messages');
    for (const args of [['--check'], []]) {
        const result = await diagnose(plain, { ...options, args });
        const how = `${args.join(' ') || 'without --check'}:\n${result.output}`;
        assert.equal(result.code, exits.badConfig, how);
        assert.deepEqual(result.lines, messages.map((message, index) => `${places[index]}: ${message}`), how);
    }
}

test('a good file is accepted by --check, and nothing is started or made', async () => {
    const result = await Daemon.run({ config: base, args: ['--check'] });
    assert.equal(result.code, exits.ok, result.output);
    assert.doesNotMatch(result.output, /listening|\bready\b/i);
});

describe('one mistake', () => {
    const cases = {
        'a key that nobody knows, with the nearest one that exists': [
            edited('  host: 127', '  «hots: 127'), "server.hots: unknown key; did you mean 'host'?"],
        'a key that is like no other': [
            appended('«refrigerator: 5\n'), /^refrigerator: unknown key; known are (\w+, )+\w+/],
        'a key that stands twice': [
            edited('  port:', '  «host: 0.0.0.0\n  port:'), "server: the key 'host' is already set in line 3"],
        'an alias': [
            edited('  host: 127.0.0.1', '  host: «*address'), /alias|anchor/],
        'an anchor': [
            edited('  host: 127.0.0.1', '  host: «&address 127.0.0.1'), /^server\.host: anchors \(&name\) are not supported; quote/],
        'a merge key': [
            edited('  host: 127.0.0.1', '  «<<: {host: 127.0.0.1}'), /^server: merge keys \('<<'\) are not supported; write the keys out$/],
        'a tag': [
            edited('  host: 127.0.0.1', '  host: «!text 127.0.0.1'), /^server\.host: tags \(!name\) are not supported/],
        'a second document': [
            appended('«---\nserver: {}\n'), 'a second document begins here; the file must be one document'],
        'text where a map belongs': [
            appended('sessions: «soon\n'), 'sessions: must be a map, not a single value'],
        'a map where text belongs': [
            edited('host: 127.0.0.1', 'host: «{a: b}'), /^server\.host: must be a text.*, not a map$/],
        'text where an integer belongs': [
            appended('admin:\n  port: «many\n'), "admin.port: 'many' is not an integer (decimal digits)"],
        'a fraction where an integer belongs': [
            appended('admin:\n  port: «80.5\n'), "admin.port: '80.5' is not an integer (decimal digits)"],
        'an integer that YAML would read as octal': [
            appended('admin:\n  port: «0644\n'), "admin.port: '0644' is not an integer (decimal digits); leading zeros are not allowed"],
        'a number outside its range': [
            appended('admin:\n  port: «65536\n'), "admin.port: '65536' must be from 0 to 65535"],
        'a truth value that is not written true or false': [
            appended('log:\n  access: «yes\n'), "log.access: 'yes' is not true or false; write true"],
        'a duration without its unit': [
            appended('sessions:\n  grace: «15\n'),
            "sessions.grace: '15' is not a duration, such as 250ms, 10s, 5m, 24h or 7d; it needs a unit: 15s or 15ms"],
        'a size that is none': [
            appended('sessions:\n  metadata_limit: «4KB\n'), /^sessions\.metadata_limit: '4KB' is not a size, such as/],
        'a word that is not one of those allowed': [
            appended('log:\n  level: «warnign\n'),
            "log.level: 'warnign' is not one of debug, info, warning, error; did you mean 'warning'?"],
        'a network that is none': [
            appended('').replace('port: ${env:TELEVISIT_PORT}', 'port: ${env:TELEVISIT_PORT}\n  trusted_proxies: [«10.0.0.0/33]'),
            /^server\.trusted_proxies\[0\]: '10\.0\.0\.0\/33' is not an address or network/],
        'a variable that is not set': [
            appended('node:\n  id: «${env:TELEVISIT_NOT_SET}\n'),
            'node.id: the environment variable TELEVISIT_NOT_SET is not set, and there is no default (${env:TELEVISIT_NOT_SET:-default})'],
        'a file that is not there': [
            appended('security:\n  secret: «${file:/nowhere/at/all}\n'), /^security\.secret: the file '\/nowhere\/at\/all' /],
        'a file named by a relative path': [
            appended('security:\n  secret: «${file:key}\n'), "security.secret: the file 'key' must be named by an absolute path"],
        'a reference that is not closed': [
            appended('node:\n  id: «"${env:A"\n'), /^node\.id: '\$\{' has no '\}'; write '\$\$\{' for the text '\$\{'$/],
        'a secret that is too short, and is not shown': [
            appended('security:\n  secret: «hunter2\n'), 'security.secret: the secret must have at least 32 characters'],
        'a plugin that is nowhere': [
            appended('  - id: odd\n    use: «storage-memroy\n'), /^plugins\[3\]\.use: there is no storage-memroy\.so in .*plugins/],
        'an id that two plugins have': [
            appended('  - id: «memory\n    use: rest-api\n'), /^plugins\[3\]\.id: .*is the same as in line 12; each must differ$/],
        'a role that is none': [
            edited('  records: memory', '  «recrods: memory\n  records: memory'), "roles.recrods: unknown key; did you mean 'records'?"],
        'a role for a plugin that is not listed': [
            edited('records: memory', 'records: «memmory'), /^roles\.records: .*'memmory'.*did you mean 'memory'\?$/],
        'a role for a plugin that cannot do it': [
            edited('  records: memory', '  «records: «auth'),
            ['roles: consultations → televisit.records/1 → nobody provides it: name a plugin that does under roles.records',
                "roles.records: plugin 'auth' does not provide televisit.records/1"]],
        "a key that a plugin's own schema does not know": [
            edited('use: rest-api', 'use: rest-api\n    config:\n      «colour: blue'), /^plugins\[2\]\.config\.colour: unknown key/],
        'a key of a plugin that takes none': [
            edited('use: auth-jwt\n    config:\n      secret:', 'use: test-authenticator\n    config:\n      «secret:'),
            'plugins[1].config.secret: unknown key; there is nothing to configure here'],
        "a value that a plugin's own schema refuses": [
            edited('      secret:', '      leeway: «10m\n      secret:'), "plugins[1].config.leeway: '10m' must be at most 5m"],
        'a secret of a plugin that is too short, and is not shown': [
            edited('secret: ${env:TELEVISIT_JWT_SECRET}', 'secret: «hunter2'),
            'plugins[1].config.secret: the secret must have at least 32 characters'],
    };
    for (const [name, [text, message]] of Object.entries(cases)) {
        test(name, async () => {
            if (!(message instanceof RegExp)) return expectProblems(text, [message].flat());
            const { text: plain, places } = marked(text);
            for (const args of [['--check'], []]) {
                const result = await diagnose(plain, { args });
                assert.equal(result.code, exits.badConfig, result.output);
                assert.equal(result.lines.length, 1, result.output);
                assert.ok(result.lines[0].startsWith(`${places[0]}: `), `${places[0]} in ${result.lines[0]}`);
                assert.match(result.lines[0].slice(places[0].length + 2), message);
                assert.ok(!result.output.includes('hunter2'));
            }
        });
    }
});

describe('several mistakes', () => {
    test('all mistakes of the kernel\'s own keys are told at once, in the order of the file', async () => {
        await expectProblems(edited('  host: 127.0.0.1', '  «hots: 127.0.0.1\n  loops: «many') + 'log:\n  level: «loud\nsessions:\n  grace: «15\n', [
            "server.hots: unknown key; did you mean 'host'?",
            "server.loops: 'many' is not an integer (decimal digits)",
            "log.level: 'loud' is not one of debug, info, warning, error",
            "sessions.grace: '15' is not a duration, such as 250ms, 10s, 5m, 24h or 7d; it needs a unit: 15s or 15ms",
        ]);
    });

    test('mistakes in two plugins are told at once', async () => {
        await expectProblems(
            edited('use: storage-memory', 'use: storage-memory\n    config:\n      max_sessions: «0')
                .replace('      secret:', '      leeway: «10m\n      secret:'), [
                "plugins[0].config.max_sessions: '0' must be from 1 to 10000000",
                "plugins[1].config.leeway: '10m' must be at most 5m",
            ]);
    });

    test('mistakes of the kernel\'s keys and of a plugin are told at once', async () => {
        await expectProblems(
            edited('  host: 127.0.0.1', '  «hots: 127.0.0.1').replace('      secret:', '      leeway: «10m\n      secret:'), [
                "server.hots: unknown key; did you mean 'host'?",
                "plugins[1].config.leeway: '10m' must be at most 5m",
            ]);
    });

    test('a plugin that is nowhere hides no mistake of another', async () => {
        await expectProblems(
            edited('use: rest-api', 'use: «rest-ape').replace('      secret:', '      leeway: «10m\n      secret:'), [
                "plugins[1].config.leeway: '10m' must be at most 5m",
                `plugins[2].use: there is no rest-ape.so in ${plugins}, ${testPlugins}`,
            ].sort());
    });
});

describe('a file that is none', () => {
    for (const [name, args, what] of [
        ['a file that does not exist', (daemon) => [`--config=${daemon.folder}/absent.yaml`], /absent\.yaml: .+/],
        ['a folder', (daemon) => [`--config=${daemon.folder}`], /televisit-it-[^:]*: .+/],
    ]) {
        test(name, async () => {
            const result = await Daemon.run({ args });
            assert.equal(result.code, exits.badConfig, result.output);
            assert.match(result.output, what);
            assert.doesNotMatch(result.output, /terminate|what\(\)|Exception/);
        });
    }

    test('a file that is not YAML is told with line and column', async () => {
        const { text, places } = marked(edited('  host: 127.0.0.1', '  host: "127.0.0.1«'));
        assert.equal(places.length, 1);
        const result = await diagnose(text);
        assert.equal(result.code, exits.badConfig, result.output);
        assert.match(result.lines[0] ?? result.output, /^\d+:\d+: not valid YAML: .+/);
    });

    test('a file that is not text is told', async () => {
        const result = await diagnose(Buffer.from([0x61, 0x3a, 0x20, 0xc3, 0x28, 0x0a]));
        assert.equal(result.code, exits.badConfig, result.output);
        assert.match(result.lines[0], /^1:4: holds a byte that is not UTF-8 text$/);
    });

    test('an empty file lacks what a server needs, and says so', async () => {
        const result = await diagnose('');
        assert.equal(result.code, exits.badConfig, result.output);
        assert.deepEqual(result.lines, ['records', 'presence', 'backplane'].map((role) => `1:1: roles: consultations → televisit.${role}/1 ` +
            `→ nobody provides it: name a plugin that does under roles.${role}`), result.output);
    });
});
