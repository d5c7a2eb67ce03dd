// Plugins that must never run: each is refused with a message that tells what is wrong and what to do.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { small } from '../lib/config.mjs';
import { Daemon, exits, plugins, testPlugins } from '../lib/daemon.mjs';

const file = (name) => join(testPlugins, `${name}.so`);

async function refusal(options, { args = [] } = {}) {
    const result = await Daemon.run({ config: small(options), args });
    assert.equal(result.signal, null, result.output);
    assert.doesNotMatch(result.output, /terminate called|Sanitizer/);
    return result;
}

/// The whole message is told once for --check and once for a start.
async function expectRefusal(options, message) {
    for (const args of [['--check'], []]) {
        const result = await refusal(options, { args });
        assert.equal(result.code, exits.badConfig, result.output);
        assert.ok(result.output.includes(message), `${message}\nis not in\n${result.output}`);
    }
}

describe('refused before any of its code runs', () => {
    test('a plugin for another ABI: the part that differs, and what to do', async () => {
        const abi = /abi=([^\n]+)/.exec(readFileSync(file('test-authenticator'), 'latin1'))[1];
        const number = abi.split(';')[0];
        await expectRefusal({ plugins: [{ id: 'odd', use: 'wrong-abi' }] },
            `plugins[4].use: ${file('wrong-abi')} was built for another server: its SDK number is sdk-999, the server's is ${number}`);
        await expectRefusal({ plugins: [{ id: 'odd', use: 'wrong-abi' }] }, `. Rebuild the plugin with the SDK of this server: ${abi}`);
    });

    test('a library that is no plugin', async () => {
        await expectRefusal({ plugins: [{ id: 'odd', use: 'no-note' }] },
            `plugins[4].use: ${file('no-note')} is not a televisit plugin: it has no section .note.televisit. ` +
            'Make it with televisit_add_plugin() and TELEVISIT_PLUGIN(…).');
    });

    test('a plugin that is in no folder of plugin_path, which are named', async () => {
        await expectRefusal({ plugins: [{ id: 'odd', use: 'storage-papyrus' }] },
            `plugins[4].use: there is no storage-papyrus.so in ${plugins}, ${testPlugins}`);
    });

    test('all of them at once', async () => {
        const odd = ['wrong-abi', 'no-note', 'storage-papyrus'];
        const result = await refusal({ plugins: odd.map((use) => ({ id: use, use })) });
        assert.equal(result.code, exits.badConfig, result.output);
        for (const [index, use] of odd.entries()) assert.match(result.output, new RegExp(`plugins\\[${index + 4}\\]\\.use: .*${use}`));
    });
});

describe('a file that is not whole', () => {
    let folder;
    before(() => { folder = mkdtempSync(join(tmpdir(), 'televisit-cut-')); });
    after(() => rmSync(folder, { recursive: true, force: true }));

    test('is refused wherever it is cut, and never crashes the server', async () => {
        const whole = readFileSync(join(plugins, 'storage-memory.so'));
        const size = whole.length;
        const cuts = [0, 1, 15, 63, 64, 200, 4096, ...[0.1, 0.25, 0.5, 0.75, 0.9, 0.99].map((part) => Math.floor(size * part)), size - 64, size - 1];
        const names = cuts.map((bytes) => `cut-at-${bytes}`);
        for (const [index, name] of names.entries()) writeFileSync(join(folder, `${name}.so`), whole.subarray(0, cuts[index]));
        const result = await refusal({ folders: [folder], plugins: names.map((use) => ({ id: use, use })) });
        assert.equal(result.code, exits.badConfig, result.output);
        const messages = result.output.split('\n').filter((line) => line.includes(folder));
        for (const [index, name] of names.entries()) {
            const message = messages.find((line) => line.includes(`/${name}.so `));
            assert.ok(message, `${name}: ${result.output}`);
            assert.match(message, cuts[index] < 64
                ? /is not a shared library \(ELF\), or is cut off at its very beginning\.$/
                : new RegExp(`is truncated: it has ${cuts[index]} bytes( of \\d+)?\\. Install it again: copy it beside its place, then rename it\\.$`));
        }
    });

    test('is refused when its note was overwritten', async () => {
        const bytes = readFileSync(file('test-authenticator'));
        const at = bytes.indexOf('abi=sdk-');
        assert.ok(at > 0);
        const cases = {
            'zeroed-note': () => bytes.fill(0, at, at + 400),
            'noise-note': () => bytes.fill('\xff', at, at + 400, 'latin1'),
        };
        for (const [name, spoil] of Object.entries(cases)) {
            spoil();
            writeFileSync(join(folder, `${name}.so`), bytes);
        }
        const uses = Object.keys(cases);
        const result = await refusal({ folders: [folder], plugins: uses.map((use) => ({ id: use, use })) });
        assert.equal(result.code, exits.badConfig, result.output);
        for (const use of uses) assert.match(result.output, new RegExp(`/${use}\\.so (cannot be used: its note|was built for another server)`));
    });

    test('is refused when it is a script, a folder or a link to nothing', async () => {
        writeFileSync(join(folder, 'script.so'), '#!/bin/sh\nexit 0\n'.repeat(20));
        mkdirSync(join(folder, 'directory.so'));
        const uses = ['script', 'directory'];
        const result = await refusal({ folders: [folder], plugins: uses.map((use) => ({ id: use, use })) });
        assert.equal(result.code, exits.badConfig, result.output);
        assert.match(result.output, /script\.so is not a shared library \(ELF\)/);
        assert.match(result.output, /there is no directory\.so in/);
    });

    test('is accepted when it is whole, under any name', async () => {
        copyFileSync(join(plugins, 'storage-memory.so'), join(folder, 'another-name.so'));
        const result = await refusal({ folders: [folder], plugins: [{ id: 'extra', use: 'another-name' }] }, { args: ['--check'] });
        assert.equal(result.code, exits.ok, result.output);
    });
});

describe('refused when it is loaded', () => {
    test('a plugin without its descriptor', async () => {
        const result = await refusal({ plugins: [{ id: 'odd', use: 'no-descriptor' }] });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.ok(result.output.includes(`${file('no-descriptor')} does not export televisit_plugin_descriptor. ` +
            'Write TELEVISIT_PLUGIN(…) once in its plugin.cpp, and let no version script hide it.'), result.output);
    });

    test('a plugin that needs a function nobody defines', async () => {
        const result = await refusal({ plugins: [{ id: 'odd', use: 'unresolved-symbol' }] });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.ok(result.output.includes(`${file('unresolved-symbol')} cannot be loaded: `), result.output);
        assert.match(result.output, /undefined symbol: televisit_nobody_defines_this/);
        assert.match(result.output, /A plugin may use the SDK and its own libraries only; link it with televisit_add_plugin\(\)/);
    });
});

describe('capabilities that do not fit together', () => {
    test('a hole is printed as a path', async () => {
        await expectRefusal({ plugins: [{ id: 'needy', use: 'requires-missing' }] },
            'needy → televisit.nothing/1 → nobody provides it');
    });

    test('a cycle is printed as a path', async () => {
        await expectRefusal({
            plugins: [{ id: 'hen', use: 'cycle-records' }, { id: 'egg', use: 'cycle-presence' }],
            roles: { records: 'hen', presence: 'egg' },
        }, 'hen → televisit.presence/1 → egg → televisit.records/1 → hen: a cycle, so neither can start first');
    });

    test('a role that nobody has tells who could have it', async () => {
        await expectRefusal({ plugins: [{ id: 'spare', use: 'storage-memory' }], roles: { records: undefined } },
            'roles: consultations → televisit.records/1 → nobody provides it: ' +
            "name a plugin that does under roles.records, such as 'spare'");
    });
});
