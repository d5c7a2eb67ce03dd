#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "net/tls/identity.hpp"
#include "run_command.hpp"

using televisit::ctl::Folder;
using televisit::ctl::run_command;
namespace tls = televisit::net::tls;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_for(const tls::Identity& identity, const char* host) {
    return X509_check_host(identity.certificate.get(), host, 0, 0, nullptr) == 1 ||
           X509_check_ip_asc(identity.certificate.get(), host, 0) == 1;
}

}  // namespace

TEST_CASE("a self-signed pair can be used by the server, for this machine and the hosts named") {
    const Folder folder;
    const auto out = folder.path() / "new/tls";
    const auto made = run_command(
        {"tls", "self-signed", "--host", "visit.example.org,10.1.2.3,localhost", "--days", "7", "--out", out.string()});
    REQUIRE(made.status == 0);
    CHECK(made.out == "TELEVISIT_TLS_CERTIFICATE=" + (out / "certificate.pem").string() +
                          "\nTELEVISIT_TLS_KEY=" + (out / "key.pem").string() + "\n");
    CHECK_FALSE(made.error.empty());
    struct stat status {};
    REQUIRE(::stat((out / "key.pem").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777u) == 0600u);

    const auto identity = tls::read_identity({out / "certificate.pem", out / "key.pem"});
    REQUIRE(identity.ok());
    for (const char* host : {"visit.example.org", "10.1.2.3", "localhost", "127.0.0.1", "::1"})
        CHECK(is_for(*identity, host));
    CHECK_FALSE(is_for(*identity, "example.org"));
    CHECK(std::string(OBJ_nid2sn(EVP_PKEY_get_id(identity->key.get()))) == "id-ecPublicKey");
    const auto left = identity->not_after - std::chrono::system_clock::now();
    CHECK(left > std::chrono::days(7) - std::chrono::minutes(1));
    CHECK(left <= std::chrono::days(7));
}

TEST_CASE("nothing that is there is written over") {
    const Folder folder;
    const std::vector<std::string> words{"tls", "self-signed", "--out", folder.path().string()};
    REQUIRE(run_command(words).status == 0);
    const auto certificate = read(folder.path() / "certificate.pem"), key = read(folder.path() / "key.pem");
    const auto again = run_command(words);
    CHECK(again.status == 1);
    CHECK_THAT(again.error, Catch::Contains("key.pem: File exists"));
    CHECK(read(folder.path() / "certificate.pem") == certificate);
    CHECK(read(folder.path() / "key.pem") == key);

    std::filesystem::remove(folder.path() / "key.pem");
    CHECK_THAT(run_command(words).error, Catch::Contains("certificate.pem: File exists"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "key.pem"));
}

TEST_CASE("what is no host, and days that no browser would take, are wrong usage") {
    const Folder folder;
    const auto status = [&](const std::string& option, const std::string& value) {
        return run_command({"tls", "self-signed", option, value, "--out", folder.path().string()}).status;
    };
    CHECK(status("--host", "a b") == 64);
    CHECK(status("--host", "a,,b") == 64);
    CHECK(status("--days", "0") == 64);
    CHECK(status("--days", "826") == 64);
    CHECK(std::filesystem::is_empty(folder.path()));
}
