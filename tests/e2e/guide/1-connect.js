import io from "socket.io-client";

const socket = io("http://localhost:8086", {
  transports: ["websocket", "polling"],
});

socket.on("connected", (data) => {
  console.log("Connected:", data);
});
