// The room page: shows the visit, and carries its controls.
import * as texts from './texts.js';
import { Refused, Visit } from './visit.js';

const element = (id) => document.getElementById(id);
const sessionId = new URLSearchParams(location.search).get('session');
// The token stands in the fragment, which browsers send to nobody.
const token = decodeURIComponent(location.hash.slice(1));
const tiles = new Map();
let stream = new MediaStream();
let visit;
let opening;

function say(text) { element('status').textContent = text; }

function show(part) {
    element('room').hidden = element('controls').hidden = part !== 'room';
    element('notice').hidden = part !== 'notice';
}

function notice({ title, text, again }) {
    element('notice-title').textContent = title;
    element('notice-text').textContent = text;
    element('again').hidden = !again;
    element('again').textContent = again;
    show('notice');
    say('');
    element('notice-title').focus();
}

/// Camera and microphone, or as much of them as can be had.
async function openMedia() {
    const wanted = { audio: { echoCancellation: true, noiseSuppression: true }, video: { width: { ideal: 1280 }, height: { ideal: 720 } } };
    const attempts = [wanted, { audio: wanted.audio }, { video: wanted.video }];
    let fault;
    for (const constraints of attempts) {
        try {
            return { stream: await navigator.mediaDevices.getUserMedia(constraints), fault };
        } catch (failure) {
            fault ??= failure;
            if (failure.name === 'NotAllowedError') break;
        }
    }
    return { stream: new MediaStream(), fault };
}

function tileOf(person) {
    let tile = tiles.get(person.peer_id);
    if (!tile) {
        tile = element('tile').content.firstElementChild.cloneNode(true);
        tiles.set(person.peer_id, tile);
        element('others').append(tile);
    }
    return tile;
}

function noteOf(person) {
    if (person.interrupted) return 'connection interrupted';
    if (['new', 'connecting'].includes(person.peer.state)) return 'connecting';
    if (['failed', 'disconnected'].includes(person.peer.state)) return 'connecting again';
    return [person.audio ? '' : 'muted', person.video ? '' : 'camera off'].filter(Boolean).join(', ');
}

function drawPerson(person) {
    const tile = tileOf(person);
    const name = texts.roleName(person.role);
    const video = tile.querySelector('video');
    tile.querySelector('.name').textContent = name;
    tile.querySelector('.note').textContent = noteOf(person);
    tile.dataset.state = person.peer.state;
    video.setAttribute('aria-label', `${name}'s camera`);
    if (video.srcObject !== person.peer.remote) {
        video.srcObject = person.peer.remote;
        // Sound that the browser holds back needs a click.
        video.play().catch((fault) => { element('sound').hidden = fault.name !== 'NotAllowedError'; });
    }
    summarise();
}

function dropPerson(person) {
    tiles.get(person.peer_id)?.remove();
    tiles.delete(person.peer_id);
    summarise();
}

function summarise() {
    const people = [...visit.people.values()];
    if (people.length === 0) say('You are in the room. Waiting for the others…');
    else if (people.every((person) => person.peer.state === 'connected' && !person.interrupted)) say('Connected.');
    else say(people.map((person) => `${texts.roleName(person.role)}: ${noteOf(person) || 'connected'}`).join('; '));
}

function addMessage({ mine, role, message, timestamp }) {
    const item = document.createElement('li');
    const who = document.createElement('span');
    const sent = new Date(timestamp);
    who.className = 'who';
    who.textContent = [mine ? 'You' : texts.roleName(role),
        Number.isNaN(sent.getTime()) ? '' : sent.toLocaleTimeString([], { timeStyle: 'short' })].filter(Boolean).join(', ');
    item.append(who, String(message));
    const list = element('messages');
    list.append(item);
    while (list.children.length > 500) list.firstElementChild.remove();
    list.scrollTop = list.scrollHeight;
}

function drawControls() {
    for (const [id, kind, on, off] of [['microphone', 'audio', 'Mute', 'Unmute'],
        ['camera', 'video', 'Turn camera off', 'Turn camera on']]) {
        const track = stream.getTracks().find((one) => one.kind === kind);
        const button = element(id);
        button.disabled = !track;
        button.textContent = !track || track.enabled ? on : off;
        button.setAttribute('aria-pressed', String(Boolean(track) && !track.enabled));
    }
    const notes = stream.getTracks().filter((track) => !track.enabled).map((track) => (track.kind === 'audio' ? 'muted' : 'camera off'));
    element('self-note').textContent = notes.join(', ');
}

function toggle(kind) {
    const track = stream.getTracks().find((one) => one.kind === kind);
    track.enabled = !track.enabled;
    visit.toggle(kind, track.enabled);
    drawControls();
}

function finish({ why, problem }) {
    for (const track of stream.getTracks()) track.stop();
    for (const tile of tiles.values()) tile.remove();
    tiles.clear();
    notice(why === 'refused' ? texts.refusal(problem) : texts[why]);
}

/// Comes back by itself when the room opens.
function waitFor(opensAt) {
    const delay = new Date(opensAt) - Date.now();
    if (delay < 2 ** 31) opening = setTimeout(start, Math.max(delay, 0) + 1000);
}

async function start() {
    clearTimeout(opening);
    show('none');
    if (!sessionId || !token) return notice(texts.noLink);
    say('Opening camera and microphone…');
    const media = await openMedia();
    stream = media.stream;
    element('self-video').srcObject = stream;
    element('media-note').textContent = media.fault ? texts.mediaFault(media.fault) : '';
    visit = new Visit(sessionId, token, stream);
    visit.addEventListener('status', ({ detail }) => say(detail.text));
    visit.addEventListener('joined', () => {
        show('room');
        drawControls();
        summarise();
    });
    visit.addEventListener('person', ({ detail }) => drawPerson(detail));
    visit.addEventListener('gone', ({ detail }) => dropPerson(detail));
    visit.addEventListener('chat', ({ detail }) => addMessage(detail));
    visit.addEventListener('over', ({ detail }) => finish(detail));
    say('Joining the visit…');
    try {
        await visit.start();
    } catch (fault) {
        for (const track of stream.getTracks()) track.stop();
        if (!(fault instanceof Refused)) throw fault;
        notice(texts.refusal(fault.problem));
        if (fault.problem.opens_at) waitFor(fault.problem.opens_at);
    }
}

element('microphone').addEventListener('click', () => toggle('audio'));
element('camera').addEventListener('click', () => toggle('video'));
element('leave').addEventListener('click', () => visit.leave());
element('again').addEventListener('click', start);
element('sound').addEventListener('click', () => {
    for (const tile of tiles.values()) tile.querySelector('video').play();
    element('sound').hidden = true;
});
element('chat-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const input = element('chat-text');
    const message = input.value.trim();
    if (!message) return;
    try {
        const answer = await visit.say(message);
        if (!answer.ok) return say(answer.message ?? 'The message was not sent.');
        if (input.value.trim() === message) input.value = '';
    } catch {
        say('The message was not sent: the connection is away.');
    }
});
start();
