// What people read, in one place.

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const roles = {
    DOCTOR: 'Doctor', PATIENT: 'Patient', INTERPRETER: 'Interpreter', OBSERVER: 'Observer', GUEST: 'Guest', ADMIN: 'Staff',
};
export const roleName = (role) => roles[role] ?? 'Participant';

/// Title, text and the label of a button where trying again can help, for a refusal of the server.
export function refusal({ status, code, opens_at: opensAt } = {}) {
    switch (code) {
        case 'join_too_early':
            return {
                title: 'You are early', again: 'Try again',
                text: opensAt ? `The room opens on ${time.format(new Date(opensAt))}. This page joins by itself then.`
                    : 'The room is not open yet. Please try again a little later.',
            };
        case 'join_too_late':
            return { title: 'This visit has passed', text: 'Its time is over. Please ask your clinic for a new appointment.' };
        case 'session_over':
            return { title: 'This visit is over', text: 'It has been ended, so it cannot be joined any more.' };
        case 'room_full':
            return { title: 'The room is full', again: 'Try again', text: 'Everyone who fits in is already there. Please try again later.' };
    }
    if (status === 401 || status === 403 || status === 404) {
        return { title: 'This link does not work', text: 'It may be incomplete or withdrawn. Please open it again just as it was sent to you.' };
    }
    if (status === 429) return { title: 'Too many attempts', again: 'Try again', text: 'Please wait a minute, then try again.' };
    return { title: 'The visit cannot be reached', again: 'Try again', text: 'Please check your internet connection and try again.' };
}

/// Why the camera or microphone cannot be used.
export function mediaFault(fault) {
    if (!window.isSecureContext) return 'Camera and microphone work only over a secure (https) address.';
    switch (fault?.name) {
        case 'NotAllowedError':
            return 'Camera and microphone are blocked: allow them in the address bar, then reload. You can see and hear the others meanwhile.';
        case 'NotFoundError':
            return 'No camera or microphone was found. You can see and hear the others.';
        case 'NotReadableError':
            return 'Another program is using the camera or microphone. Close it, then reload. You can see and hear the others meanwhile.';
        default:
            return 'Camera and microphone cannot be used. You can see and hear the others.';
    }
}

export const noLink = { title: 'This link is incomplete', text: 'Please open the link to your visit just as it was sent to you.' };
export const left = { title: 'You have left', text: 'The visit goes on without you. You can come back while its time lasts.', again: 'Come back' };
export const ended = { title: 'The visit has ended', text: 'Thank you. You can close this page.' };
export const replaced = { title: 'The visit is open elsewhere', text: 'You joined again from another window or device.', again: 'Use this one' };
export const putOut = { title: 'You are no longer in this visit', text: 'The server has closed your connection.', again: 'Try again' };
