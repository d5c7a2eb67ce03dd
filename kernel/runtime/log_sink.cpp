#include "runtime/log_sink.hpp"

#include <Poco/AsyncChannel.h>
#include <Poco/AutoPtr.h>
#include <Poco/Channel.h>
#include <Poco/Message.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "runtime/json_log.hpp"
#include "runtime/system_clock.hpp"

namespace televisit::runtime {

/// Writes lines to a descriptor. Poco's own FileChannel cannot be told to open its file again.
class LineChannel final : public Poco::Channel {
  public:
    LineChannel(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

    void log(const Poco::Message& message) override {
        // Not before who put it has let go of it: Poco's queue would otherwise leave its destruction to that thread.
        { const std::lock_guard lock(mutex_); }
        if (reopen_.exchange(false)) open_again();
        if (const std::uint64_t lost = lost_.exchange(0); lost != 0) {
            write_line(json_log_line(SystemClock().now(), LogLevel::warning, {}, "log records dropped",
                                     {{"count", static_cast<std::int64_t>(lost)}}));
        }
        write_line(message.getText());
        {
            const std::lock_guard lock(mutex_);
            --waiting_;
        }
        written_.notify_all();
    }

    /// Hands a line to the queue, unless `bound` of them wait already.
    bool put(std::string line, std::size_t bound, Poco::AsyncChannel& queue) {
        Poco::Message message;
        message.setText(std::move(line));
        const std::lock_guard lock(mutex_);
        if (waiting_ >= bound) return false;
        ++waiting_;
        queue.log(message);
        return true;
    }

    void lost() noexcept { lost_.fetch_add(1, std::memory_order_relaxed); }
    void reopen() noexcept { reopen_.store(true); }
    void wait_until_written() {
        std::unique_lock lock(mutex_);
        written_.wait(lock, [this] { return waiting_ == 0; });
    }

  protected:
    ~LineChannel() override {
        if (!path_.empty()) ::close(fd_);
    }

  private:
    void open_again() {
        if (path_.empty()) return;
        const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
        if (fd < 0) return;  // goes on with the old file: better than losing the log
        ::close(fd_);
        fd_ = fd;
    }

    void write_line(std::string line) {
        line += '\n';
        for (std::size_t done = 0; done < line.size();) {
            const ssize_t count = ::write(fd_, line.data() + done, line.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return;  // a full disk or a closed pipe: nobody is left to be told
            done += static_cast<std::size_t>(count);
        }
    }

    const std::string path_;
    int fd_;
    std::atomic<bool> reopen_{false};
    std::atomic<std::uint64_t> lost_{0};
    std::mutex mutex_;
    std::condition_variable written_;
    std::size_t waiting_ = 0;  // guarded by mutex_
};

struct LogSink::Queue {
    Poco::AutoPtr<LineChannel> lines;
    Poco::AutoPtr<Poco::AsyncChannel> async;
};

Result<std::unique_ptr<LogSink>> LogSink::open(const std::string& destination, LogLevel level, std::size_t bound) {
    int fd = STDOUT_FILENO;
    std::string path;
    if (destination == "stderr") {
        fd = STDERR_FILENO;
    } else if (destination != "stdout") {
        path = destination;
        fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
        if (fd < 0)
            return error(Errc::unavailable, "the log file " + path + " cannot be opened: " + std::strerror(errno));
    }
    auto queue = std::make_unique<Queue>();
    queue->lines = new LineChannel(path, fd);
    queue->async = new Poco::AsyncChannel(queue->lines);
    queue->async->open();
    return std::unique_ptr<LogSink>(new LogSink(std::move(queue), level, bound));
}

LogSink::LogSink(std::unique_ptr<Queue> queue, LogLevel level, std::size_t bound)
    : level_(level), bound_(bound), queue_(std::move(queue)) {}

LogSink::~LogSink() {
    flush();
    queue_->async->close();
}

void LogSink::put(std::string line) noexcept {
    if (queue_->lines->put(std::move(line), bound_, *queue_->async)) return;
    dropped_.fetch_add(1, std::memory_order_relaxed);
    queue_->lines->lost();
}

void LogSink::reopen() noexcept {
    queue_->lines->reopen();
}

void LogSink::flush() {
    queue_->lines->wait_until_written();
}

std::string_view to_string(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

}  // namespace televisit::runtime
