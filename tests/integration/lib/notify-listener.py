"""Prints each datagram that arrives at a unix socket, one a line: Node has no such sockets."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
    listener.bind(sys.argv[1])
    print("listening", flush=True)
    while True:
        print(listener.recv(65536).decode().replace("\n", " "), flush=True)
