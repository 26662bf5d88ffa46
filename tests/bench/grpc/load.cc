// bench-grpc-load: the loads of bench-aluno, for gRPC's server. common/job.h has the arguments. One thread drives all
// calls, as aluno's does.
#include "common/made.h"
#include "common/sockets.h"
#include "common/window.h"
#include "files.h"
#include "students.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

namespace
{

using bench::Students;

constexpr int page_size = 100;

job j;
window w;
uint64_t next_new;

[[noreturn]] void fail(const char *what, const std::string &why)
{
    fprintf(stderr, "bench-grpc-load: %s: %s\n", what, why.c_str());
    exit(EXIT_FAILURE);
}

// ---- channels ----

std::shared_ptr<grpc::Channel> new_channel()
{
    static const auto credentials =
        grpc::SslCredentials({read_file(j.ca), read_file(j.key), read_file(j.cert)});
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1); // a connection of its own
    arguments.SetSslTargetNameOverride("localhost");
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(j.port), credentials, arguments);
}

std::shared_ptr<grpc::Channel> connected_channel()
{
    auto channel = new_channel();
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10)))
        fail("connect", "no connection within 10 s");
    return channel;
}

// ---- the methods ----

template <class Q, class R> struct Method;

template <> struct Method<bench::Payload, bench::Payload> {
    static void fill(bench::Payload *request)
    {
        request->set_data(std::string(120, 'x'));
    }
    static bool accept(const bench::Payload &request, const bench::Payload &reply)
    {
        return reply.data() == request.data();
    }
    static constexpr auto call = &Students::Stub::Health;
    static constexpr auto start = &Students::Stub::AsyncHealth;
};

template <> struct Method<bench::GetRequest, bench::Student> {
    static void fill(bench::GetRequest *request)
    {
        request->set_id(1 + made_random(j.students));
    }
    static bool accept(const bench::GetRequest &request, const bench::Student &reply)
    {
        return reply.id() == request.id();
    }
    static constexpr auto call = &Students::Stub::Get;
    static constexpr auto start = &Students::Stub::AsyncGet;
};

template <> struct Method<bench::ListRequest, bench::Page> {
    static void fill(bench::ListRequest *request)
    {
        request->set_after(made_random(j.students - page_size));
        request->set_page_size(page_size);
    }
    static bool accept(const bench::ListRequest &, const bench::Page &reply)
    {
        return reply.students_size() == page_size;
    }
    static constexpr auto call = &Students::Stub::List;
    static constexpr auto start = &Students::Stub::AsyncList;
};

template <> struct Method<bench::Student, bench::Student> {
    static void fill(bench::Student *request)
    {
        made student;
        made_student(next_new++, &student);
        request->set_name(student.name);
        request->set_age(student.age);
        request->set_br_document(student.br_document);
        request->set_email(student.email);
    }
    static bool accept(const bench::Student &, const bench::Student &reply)
    {
        return reply.id() > j.students;
    }
    static constexpr auto call = &Students::Stub::Create;
    static constexpr auto start = &Students::Stub::AsyncCreate;
};

template <class Q, class R> void check(const grpc::Status &status, const Q &request, const R &reply)
{
    if (!status.ok())
        fail("call", status.error_message());
    if (!Method<Q, R>::accept(request, reply))
        fail("call", "the reply is not the one expected");
    if (w.reply_size == 0)
        w.reply_size = reply.ByteSizeLong();
}

// ---- blocking calls ----

template <class Q, class R> void call(Students::Stub *stub)
{
    Q request;
    R reply;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    Method<Q, R>::fill(&request);
    const grpc::Status status = (stub->*Method<Q, R>::call)(&context, request, &reply);
    check(status, request, reply);
}

template <class Q, class R> void load_sync()
{
    const auto stub = Students::NewStub(connected_channel());
    uint64_t started_ns;
    do {
        started_ns = meter_ns();
        call<Q, R>(stub.get());
    } while (window_record(&w, started_ns));
}

// ---- several calls in flight ----

// One call in flight at a time, again and again.
template <class Q, class R> class Flight
{
  public:
    Flight(Students::Stub *stub, grpc::CompletionQueue *queue) : stub_(stub), queue_(queue)
    {
    }

    void take_off()
    {
        context_ = std::make_unique<grpc::ClientContext>();
        Method<Q, R>::fill(&request_);
        started_ns_ = meter_ns();
        reader_ = (stub_->*Method<Q, R>::start)(context_.get(), request_, queue_);
        reader_->Finish(&reply_, &status_, this);
    }

    // Returns whether another call has begun.
    bool land()
    {
        check(status_, request_, reply_);
        if (!window_record(&w, started_ns_))
            return false;
        take_off();
        return true;
    }

  private:
    Students::Stub *stub_;
    grpc::CompletionQueue *queue_;
    std::unique_ptr<grpc::ClientContext> context_;
    std::unique_ptr<grpc::ClientAsyncResponseReader<R>> reader_;
    Q request_;
    R reply_;
    grpc::Status status_;
    uint64_t started_ns_ = 0;
};

template <class Q, class R> void load_async()
{
    grpc::CompletionQueue queue;
    std::vector<std::unique_ptr<Students::Stub>> stubs;
    std::vector<std::unique_ptr<Flight<Q, R>>> flights;
    for (unsigned i = 0; i < j.connections; i++)
        stubs.push_back(Students::NewStub(connected_channel()));
    for (unsigned i = 0; i < j.calls; i++) {
        flights.push_back(std::make_unique<Flight<Q, R>>(stubs[i % j.connections].get(), &queue));
        flights.back()->take_off();
    }
    void *flight;
    bool ok;
    for (unsigned flying = j.calls; flying > 0 && queue.Next(&flight, &ok);)
        if (!static_cast<Flight<Q, R> *>(flight)->land())
            flying--;
}

template <class Q, class R> void load_calls()
{
    if (j.calls == 0)
        load_sync<Q, R>();
    else
        load_async<Q, R>();
}

// ---- connecting ----

void load_connect()
{
    uint64_t started_ns;
    do {
        started_ns = meter_ns();
        call<bench::Payload, bench::Payload>(Students::NewStub(new_channel()).get());
    } while (window_record(&w, started_ns));
}

void load_reconnect()
{
    const auto channel = connected_channel();
    const auto stub = Students::NewStub(channel);
    uint64_t started_ns;
    call<bench::Payload, bench::Payload>(stub.get());
    do {
        started_ns = meter_ns();
        if (sockets_cut(j.port) != 1)
            fail("reconnect", "not one connection is open");
        channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + std::chrono::seconds(10));
        call<bench::Payload, bench::Payload>(stub.get());
    } while (window_record(&w, started_ns));
}

} // namespace

int main(int argc, char *argv[])
{
    static const struct {
        const char *operation;
        void (*run)();
    } loads[] = {
        {"health", load_calls<bench::Payload, bench::Payload>}, {"get", load_calls<bench::GetRequest, bench::Student>},
        {"page", load_calls<bench::ListRequest, bench::Page>},  {"create", load_calls<bench::Student, bench::Student>},
        {"connect", load_connect},                              {"reconnect", load_reconnect},
    };
    if (!job_read(&j, argc, argv))
        return 2;
    next_new = made_first_new();
    for (const auto &load : loads) {
        if (strcmp(load.operation, j.operation) != 0)
            continue;
        window_open(&w, &j);
        load.run();
        window_print(&w);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "%s: there is no operation %s\n", argv[0], j.operation);
    return EXIT_FAILURE;
}
