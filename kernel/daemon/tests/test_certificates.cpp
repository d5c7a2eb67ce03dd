#include "daemon/certificates.hpp"

#include <catch2/catch.hpp>

#include "certificate_pair.hpp"
#include "runtime/tests/collecting_logger.hpp"
#include "televisit/testkit/manual_clock.hpp"

using namespace televisit;
using namespace televisit::daemon;
using namespace televisit::daemon::testing;
using namespace std::chrono_literals;
using std::chrono::days;
using Why = Certificates::Why;

namespace {

/// One listener's certificate, good for so many days, looked after.
struct Looked {
    explicit Looked(int its_days = 90) : files(write_pair(folder, clock.now(), its_days)) {
        source = net::tls::Source::open(files, net::tls::Version::tls_1_2).value();
        certificates = std::make_unique<Certificates>(std::vector<ListenerTls>{{"public", source}}, clock, log);
    }
    /// Another pair takes the place of the one there, a second later by the time of its file.
    void replace(int its_days) {
        const auto before = std::filesystem::last_write_time(files.certificate);
        write_pair(folder, clock.now(), its_days);
        std::filesystem::last_write_time(files.certificate, before + 1s);
    }
    std::size_t logged(const std::string& event) const {
        std::size_t count = 0;
        for (const std::string& line : log.lines()) count += line.starts_with(event) ? 1 : 0;
        return count;
    }
    double metric(const std::string& name, const std::string& result = "") const {
        for (const MetricFamily& family : certificates->metrics())
            for (const MetricSample& sample : family.samples)
                if (family.name == "televisit_tls_" + name && (result.empty() || sample.labels.back().second == result))
                    return sample.value;
        FAIL("there is no such metric: " << name);
        return 0;
    }
    int days_left() const { return static_cast<int>(metric("certificate_expires_seconds") / 86'400); }

    TemporaryFolder folder;
    testkit::ManualClock clock;
    runtime::testing::CollectingLogger log;
    net::tls::Files files;
    std::shared_ptr<net::tls::Source> source;
    std::unique_ptr<Certificates> certificates;
};

}  // namespace

TEST_CASE("files that have changed are read when they have come to rest, and once") {
    Looked one;
    one.certificates->look(Why::routine);
    CHECK(one.logged("certificate read") == 1);
    one.replace(30);
    one.certificates->look(Why::routine);
    CHECK(one.days_left() == 90);
    for (int i = 0; i < 3; ++i) one.certificates->look(Why::routine);
    CHECK(one.days_left() == 30);
    CHECK(one.logged("certificate read listener=public file=" + one.files.certificate.string()) == 2);
    CHECK(one.metric("certificate_reads_total", "used") == 1);
}

TEST_CASE("a change that goes on is waited for") {
    Looked one;
    for (int i = 0; i < 3; ++i) {
        one.replace(30 + i);
        one.certificates->look(Why::routine);
        CHECK(one.days_left() == 90);
    }
    one.certificates->look(Why::routine);
    CHECK(one.days_left() == 32);
}

TEST_CASE("who asks has the files read at once, changed or not") {
    Looked one;
    one.certificates->look(Why::asked);
    CHECK(one.metric("certificate_reads_total", "used") == 1);
    one.replace(30);
    one.certificates->look(Why::asked);
    CHECK(one.days_left() == 30);
}

TEST_CASE("what cannot be used leaves the old pair in place, and is told once, until it is good again") {
    Looked one;
    one.folder.write("certificate.pem", "rubbish");
    for (int i = 0; i < 4; ++i) one.certificates->look(Why::routine);
    CHECK(one.days_left() == 90);
    CHECK(one.log.lines().back() == "certificate cannot be replaced listener=public file=" +
                                        one.files.certificate.string() + " why=holds no certificate in PEM form");
    CHECK(one.logged("certificate cannot be replaced") == 1);
    CHECK(one.metric("certificate_reads_total", "refused") == 1);
    CHECK(one.metric("certificate_stale") == 1);

    one.replace(30);
    ::chmod(one.files.key.c_str(), 0644);
    one.certificates->look(Why::asked);
    CHECK(one.log.lines().back().starts_with("certificate cannot be replaced listener=public file=" +
                                             one.files.key.string()));
    ::chmod(one.files.key.c_str(), 0600);
    for (int i = 0; i < 2; ++i) one.certificates->look(Why::routine);
    CHECK(one.days_left() == 30);
    CHECK(one.metric("certificate_stale") == 0);
}

TEST_CASE("a certificate that expires soon is warned of, once a day") {
    Looked one(15);
    one.certificates->look(Why::routine);
    CHECK(one.logged("certificate expires soon") == 0);
    one.clock.advance(days(1) + 1s);
    for (int i = 0; i < 3; ++i) one.certificates->look(Why::routine);
    CHECK(one.logged("certificate expires soon") == 1);
    one.clock.advance(days(1));
    one.certificates->look(Why::routine);
    CHECK(one.logged("certificate expires soon") == 2);
    one.clock.advance(days(13));
    one.certificates->look(Why::routine);
    CHECK(one.logged("certificate has expired") == 1);
    CHECK(one.metric("certificate_expires_seconds") < 0);
    CHECK(Looked(3).logged("certificate expires soon") == 1);
}
