/* A frame is a length of 8 bytes, big-endian, and so many bytes. */
#include "frame_counter.h"

enum { LENGTH_SIZE = 8 };

static void add(aluno__tls_frame_counter *counter)
{
    counter->unanswered++;
}

static void subtract(aluno__tls_frame_counter *counter)
{
    if (counter->unanswered > 0)
        counter->unanswered--;
}

static void count_length(aluno__tls_frame_counter *counter, uint8_t byte)
{
    counter->length = counter->length << 8 | byte;
    if (++counter->length_bytes < LENGTH_SIZE)
        return;
    if (counter->got_greeting) {
        counter->body_left = counter->length;
        (counter->is_server ? add : subtract)(counter);
    }
    counter->got_greeting = true;
    counter->length = counter->length_bytes = 0;
}

void aluno__tls_frame_counter_received(aluno__tls_frame_counter *counter, const uint8_t *bytes, size_t size)
{
    size_t taken;
    for (size_t i = 0; i < size; i += taken) {
        taken = 1;
        if (counter->body_left == 0) {
            count_length(counter, bytes[i]);
            continue;
        }
        if (counter->body_left >= size - i)
            taken = size - i;
        else
            taken = (size_t)counter->body_left;
        counter->body_left -= taken;
    }
}

void aluno__tls_frame_counter_sent(aluno__tls_frame_counter *counter)
{
    if (counter->sent_greeting)
        (counter->is_server ? subtract : add)(counter);
    counter->sent_greeting = true;
}

bool aluno__tls_frame_counter_is_inside(const aluno__tls_frame_counter *counter)
{
    return counter->body_left > 0 || counter->length_bytes > 0;
}

bool aluno__tls_frame_counter_is_alone(const aluno__tls_frame_counter *counter)
{
    return counter->unanswered <= (counter->is_server ? 1 : 0);
}
