"""Echo, echo behind a token, and a room, as FastAPI's documentation shows them."""

import os

import jwt
from fastapi import FastAPI, WebSocket, WebSocketDisconnect, WebSocketException, status

app = FastAPI()
key = os.environ["TOKEN_KEY"]


class ConnectionManager:
    def __init__(self) -> None:
        self.members: list[WebSocket] = []

    async def connect(self, socket: WebSocket) -> None:
        await socket.accept()
        self.members.append(socket)

    def disconnect(self, socket: WebSocket) -> None:
        self.members.remove(socket)

    async def broadcast(self, text: str) -> None:
        for member in self.members:
            await member.send_text(text)


manager = ConnectionManager()


@app.websocket("/room")
async def room(socket: WebSocket) -> None:
    await manager.connect(socket)
    try:
        while True:
            await manager.broadcast(await socket.receive_text())
    except WebSocketDisconnect:
        manager.disconnect(socket)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass


@app.websocket("/ws")
async def open_echo(socket: WebSocket) -> None:
    await echo(socket)


@app.websocket("/secure/ws")
async def secure_echo(socket: WebSocket, token: str) -> None:
    try:
        jwt.decode(token, key, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION) from error
    await echo(socket)
