#!/usr/bin/python3
"""A signaling server on python-socketio under uvicorn: rooms, offers, answers and candidates, toggles, chat.

See ../README.md.
"""

import os
from datetime import datetime, timezone

import socketio
import uvicorn

sio = socketio.AsyncServer(
    async_mode="asgi",
    cors_allowed_origins="*",
    # Handlers run in the order of arrival instead of in a task each: faster, and never reorders.
    async_handlers=False,
    # Acknowledge the connection before `connected` goes out.
    always_connect=True,
    # Applies to HTTP long polling only.
    http_compression=False,
)
app = socketio.ASGIApp(sio)

rooms: dict[str, dict[str, dict]] = {}  # room_id -> peer_id -> {"user_id", "role"}
room_by_sid: dict[str, str] = {}


def is_text(value) -> bool:
    return isinstance(value, str) and value != ""


async def fail(sid: str, message: str) -> None:
    await sio.emit("error", {"message": message}, to=sid)


async def room_of(sid: str, data) -> str | None:
    """The name of the room this client has joined, or None after telling it off."""
    room_id = room_by_sid.get(sid)
    if room_id is not None and isinstance(data, dict) and data.get("room_id") == room_id:
        return room_id
    await fail(sid, "Not in this room")
    return None


async def leave(sid: str) -> None:
    room_id = room_by_sid.pop(sid, None)
    if room_id is None:
        return
    members = rooms[room_id]
    member = members.pop(sid)
    if not members:
        del rooms[room_id]
    sio.leave_room(sid, room_id)
    await sio.emit(
        "user_left",
        {
            "room_id": room_id,
            "peer_id": sid,
            "user_id": member["user_id"],
            "participants_count": len(members),
        },
        room=room_id,
    )


@sio.event
async def connect(sid, environ, auth=None):
    await sio.emit("connected", {"sid": sid}, to=sid)


@sio.event
async def disconnect(sid):
    await leave(sid)


@sio.event
async def join_room(sid, data):
    if not isinstance(data, dict) or not all(is_text(data.get(k)) for k in ("room_id", "user_id", "token")):
        await fail(sid, "room_id, user_id and token are required")
        return
    await leave(sid)
    room_id = data["room_id"]
    role = data["role"] if is_text(data.get("role")) else "patient"
    members = rooms.setdefault(room_id, {})
    members[sid] = {"user_id": data["user_id"], "role": role}
    room_by_sid[sid] = room_id
    sio.enter_room(sid, room_id)
    joined = {"room_id": room_id, "peer_id": sid, "role": role, "participants_count": len(members)}
    # The others first: anyone who joins while this waits must not hear of a member it already had.
    await sio.emit("user_joined", {**joined, "user_id": data["user_id"]}, room=room_id, skip_sid=sid)
    await sio.emit("joined_room", joined, to=sid)


@sio.event
async def leave_room(sid, data):
    if await room_of(sid, data) is not None:
        await leave(sid)


async def relay_to_target(sid, event, field, data):
    """Offers and answers go to one member of the sender's own room."""
    room_id = await room_of(sid, data)
    if room_id is None:
        return
    target = data.get("target_peer_id")
    if target not in rooms[room_id]:
        await fail(sid, "Unknown target peer")
        return
    await sio.emit(event, {"from_peer_id": data.get("from_peer_id"), field: data.get(field)}, to=target)


@sio.event
async def webrtc_offer(sid, data):
    await relay_to_target(sid, "webrtc_offer", "offer", data)


@sio.event
async def webrtc_answer(sid, data):
    await relay_to_target(sid, "webrtc_answer", "answer", data)


@sio.event
async def ice_candidate(sid, data):
    room_id = await room_of(sid, data)
    if room_id is not None:
        payload = {"from_peer_id": data.get("from_peer_id"), "candidate": data.get("candidate")}
        await sio.emit("ice_candidate", payload, room=room_id, skip_sid=sid)


async def toggle(sid, event, data):
    room_id = await room_of(sid, data)
    if room_id is not None:
        await sio.emit(event, {"peer_id": sid, "enabled": data.get("enabled")}, room=room_id, skip_sid=sid)


@sio.event
async def toggle_audio(sid, data):
    await toggle(sid, "audio_toggled", data)


@sio.event
async def toggle_video(sid, data):
    await toggle(sid, "video_toggled", data)


@sio.event
async def screen_share(sid, data):
    await toggle(sid, "screen_share_toggled", data)


@sio.event
async def send_message(sid, data):
    room_id = await room_of(sid, data)
    if room_id is not None:
        payload = {
            "room_id": room_id,
            "peer_id": sid,
            "user_id": rooms[room_id][sid]["user_id"],
            "message": data.get("message"),
            "timestamp": datetime.now(timezone.utc).isoformat(),
        }
        await sio.emit("chat_message", payload, room=room_id)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8086")),
        loop=os.environ.get("LOOP", "auto"),
        ws=os.environ.get("WS", "auto"),
        backlog=4096,
        log_level="warning",
        access_log=False,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # Engine.IO sends its own pings
    )
