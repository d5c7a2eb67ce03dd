#pragma once
/// What the interface answers: the kernel's records as JSON. No answer ever holds the hash of a token.
/// Source: docs/protocol.md "Create", "Join", "Lists".

#include <string>
#include <vector>

#include "json_writer.hpp"
#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::rest_api {

/// JSON with `Cache-Control: no-store`: every answer is about somebody's visit.
HttpResponse json_answer(int status, std::string body);
HttpResponse no_content();

/// Quoted, as `ETag` and `If-Match` have it.
std::string etag_of(Version version);

/// One session, with its ETag.
HttpResponse session_answer(const SessionRecord& session);
/// 201 with the two invitations in clear and the Location.
HttpResponse created_answer(const CreatedSession& created);
HttpResponse join_answer(const JoinGrant& grant);

void write_session(JsonWriter& out, const SessionRecord& session);
void write_attendee(JsonWriter& out, const AttendeeRecord& attendee);
void write_metrics(JsonWriter& out, const MetricsRecord& metrics);
void write_invitation(JsonWriter& out, const CreatedInvitation& created);
/// A list of RTCIceServer.
void write_ice_servers(JsonWriter& out, const std::vector<IceServer>& servers);

}  // namespace televisit::rest_api
