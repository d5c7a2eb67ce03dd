#include <catch2/catch.hpp>

#include "media_types.hpp"

using televisit::web::media_type_of;

TEST_CASE("a file's type follows the ending of its name, in either case") {
    CHECK(media_type_of("room.html") == "text/html; charset=utf-8");
    CHECK(media_type_of("vendor/socket.io.min.js") == "text/javascript; charset=utf-8");
    CHECK(media_type_of("LOGO.SVG") == "image/svg+xml");
}

TEST_CASE("a file whose ending is not known is only ever saved") {
    CHECK(media_type_of("run.exe") == "application/octet-stream");
    CHECK(media_type_of("LICENSE") == "application/octet-stream");
    CHECK(media_type_of("name.") == "application/octet-stream");
    CHECK(media_type_of("") == "application/octet-stream");
}
