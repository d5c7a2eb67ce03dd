"""What is run, and which figures of it are told."""

# name -> (what it is, connections, options of sioload)
SCENARIOS = {
    "relay-200": ("closed loop, 200 connections, 1 message in flight per pair, 300 bytes", 200, ["--mode", "relay"]),
    "relay-2000": ("closed loop, 2000 connections, 1 message in flight per pair, 300 bytes", 2000, ["--mode", "relay"]),
    "relay-200-window8": ("closed loop, 200 connections, 8 messages in flight per pair, 300 bytes", 200,
                          ["--mode", "relay", "--window", "8"]),
    "offer-3k": ("closed loop, 200 connections, 1 offer or answer of 3000 bytes in flight per pair", 200,
                 ["--mode", "relay", "--offer-bytes", "3000"]),
    "open-20k": ("open loop, 2000 connections, 20000 messages/s on schedule, 300 bytes", 2000,
                 ["--mode", "open", "--rate", "20000"]),
    "idle-10k": ("10000 joined connections that do nothing", 10000, ["--mode", "idle"]),
}
USUAL = ["relay-200", "relay-2000", "offer-3k", "open-20k", "idle-10k"]

# metric -> (heading, field of sioload's JSON, decimals)
TRAFFIC_METRICS = {
    "cpu": ("CPU us/msg", "server_cpu_us_per_msg", 2),
    "rate": ("msg/s", "msgs_per_s", 0),
    "p50": ("p50 us", "latency_p50_us", 0),
    "p99": ("p99 us", "latency_p99_us", 0),
}
IDLE_METRICS = {"rss": ("RSS bytes/conn", "server_rss_bytes_per_conn", 0)}
METRICS = TRAFFIC_METRICS | IDLE_METRICS

# Shown beside the metrics to help judge them: field -> (heading, decimals)
TRAFFIC_CONTEXT = {"server_cpu_pct": ("server CPU%", 0), "generator_cpu_pct": ("load CPU%", 0)}
IDLE_CONTEXT = {"rss_ready_mib": ("MiB ready", 1), "server_rss_joined_mib": ("MiB joined", 1), "setup_s": ("join s", 2)}


def is_idle(scenario):
    return scenario.startswith("idle")


def metrics_of(scenario):
    return IDLE_METRICS if is_idle(scenario) else TRAFFIC_METRICS


def context_of(scenario):
    return IDLE_CONTEXT if is_idle(scenario) else TRAFFIC_CONTEXT
