#include <cstdio>

int main()
{
    std::puts("tanggap");
    return 0;
}
