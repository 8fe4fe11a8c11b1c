#include "copy.h"
#include "failure.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

bool copy(int from, const char *from_name, int to, const char *to_name, uint64_t limit)
{
    static char buffer[256 << 10];
    for (;;) {
        ssize_t count = read(from, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            fail_errno(errno, "read", from_name);
        if (count == 0)
            return true;
        if ((uint64_t)count > limit)
            return false;
        limit -= count;

        if (to == STDOUT_FILENO)
            print(buffer, count);
        else if (!write_all(to, buffer, count))
            fail_errno(errno, "write", to_name);
    }
}
