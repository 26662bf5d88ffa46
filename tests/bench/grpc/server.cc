// The student service on gRPC C++:
//
//   bench-grpc-server PORT CERTIFICATES DATABASE STUDENTS
//
// Mutual TLS; a completion queue and a thread for each processor, on which calls are served. Each thread reads through
// its own connection to SQLite. Writes share one, under a mutex, each in its own transaction.
#include "common/student_table.h"
#include "files.h"
#include "students.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

namespace
{

using Service = bench::Students::AsyncService;

std::string database;
student_table *writer;
std::mutex writing;

student_table *reader()
{
    static thread_local student_table *table = table_open(database.c_str(), 0);
    return table;
}

void copy(const student_row *row, bench::Student *out)
{
    out->set_id(row->id);
    out->set_name(row->name);
    out->set_age(row->age);
    out->set_br_document(row->br_document);
    out->set_email(row->email);
}

// ---- the methods ----

grpc::Status serve(const bench::Payload &request, bench::Payload *reply)
{
    reply->set_data(request.data());
    return grpc::Status::OK;
}

grpc::Status serve(const bench::Student &request, bench::Student *reply)
{
    const student_row row = {0, request.name().c_str(), request.br_document().c_str(), request.email().c_str(),
                             request.age()};
    *reply = request;
    std::lock_guard<std::mutex> lock(writing);
    reply->set_id(table_insert(writer, &row));
    return grpc::Status::OK;
}

grpc::Status serve(const bench::GetRequest &request, bench::Student *reply)
{
    const auto each = [](void *user, const student_row *row) { copy(row, static_cast<bench::Student *>(user)); };
    if (table_get(reader(), request.id(), each, reply))
        return grpc::Status::OK;
    return {grpc::StatusCode::NOT_FOUND, "there is no such student"};
}

grpc::Status serve(const bench::ListRequest &request, bench::Page *reply)
{
    const auto each = [](void *user, const student_row *row) {
        copy(row, static_cast<bench::Page *>(user)->add_students());
    };
    table_page(reader(), request.after(), request.page_size(), each, reply);
    return grpc::Status::OK;
}

// ---- calls ----

struct Call {
    virtual void advance(bool ok) = 0;
    virtual ~Call() = default;
};

// Waits for a call, answers it, and goes. Another one waits meanwhile.
template <class Request, class Reply> class Unary final : public Call
{
  public:
    using Accept = void (Service::*)(grpc::ServerContext *, Request *, grpc::ServerAsyncResponseWriter<Reply> *,
                                     grpc::CompletionQueue *, grpc::ServerCompletionQueue *, void *);

    Unary(Service *service, grpc::ServerCompletionQueue *queue, Accept accept)
        : service_(service), queue_(queue), accept_(accept)
    {
        (service_->*accept_)(&context_, &request_, &writer_, queue_, queue_, this);
    }

    void advance(bool ok) override
    {
        if (answered_ || !ok) {
            delete this;
            return;
        }
        new Unary(service_, queue_, accept_);
        answered_ = true;
        const grpc::Status status = serve(request_, &reply_);
        writer_.Finish(reply_, status, this);
    }

  private:
    Service *service_;
    grpc::ServerCompletionQueue *queue_;
    Accept accept_;
    grpc::ServerContext context_;
    Request request_;
    Reply reply_;
    grpc::ServerAsyncResponseWriter<Reply> writer_{&context_};
    bool answered_ = false;
};

void serve_queue(Service *service, grpc::ServerCompletionQueue *queue)
{
    constexpr int waiting = 64; // calls of each method
    for (int i = 0; i < waiting; i++) {
        new Unary<bench::Payload, bench::Payload>(service, queue, &Service::RequestHealth);
        new Unary<bench::Student, bench::Student>(service, queue, &Service::RequestCreate);
        new Unary<bench::GetRequest, bench::Student>(service, queue, &Service::RequestGet);
        new Unary<bench::ListRequest, bench::Page>(service, queue, &Service::RequestList);
    }
    void *call;
    bool ok;
    while (queue->Next(&call, &ok))
        static_cast<Call *>(call)->advance(ok);
}

std::shared_ptr<grpc::ServerCredentials> credentials(const std::string &folder)
{
    grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = read_file(folder + "/ca.crt");
    options.pem_key_cert_pairs.push_back({read_file(folder + "/server.key"), read_file(folder + "/server.crt")});
    return grpc::SslServerCredentials(options);
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc != 5) {
        fprintf(stderr, "usage: bench-grpc-server PORT CERTIFICATES DATABASE STUDENTS\n");
        return 2;
    }
    database = argv[3];
    writer = table_open(argv[3], atoll(argv[4]));
    Service service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(std::string("127.0.0.1:") + argv[1], credentials(argv[2]));
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(&service);
    std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
    const unsigned processors = std::thread::hardware_concurrency();
    for (unsigned i = 0; i < processors; i++)
        queues.push_back(builder.AddCompletionQueue());
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr)
        return EXIT_FAILURE;
    std::vector<std::thread> threads;
    for (const auto &queue : queues)
        threads.emplace_back(serve_queue, &service, queue.get());
    fprintf(stderr, "ready\n");
    server->Wait();
}
