/*
 * unexport PROGRAM: takes the symbols that a program offers to libraries out of its tables, in place.
 *
 * Debian's shim is linked with all of its functions offered to plug-ins, which it never loads: a twentieth of what it takes
 * when packed. What the program itself needs from libraries stays, and so does what its relocations name.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct program {
    unsigned char *bytes;
    Elf64_Shdr *sections;
    unsigned count;
    Elf64_Sym *symbols;
    unsigned symbol_count;
    const char *strings;
    char *kept_strings;
};

static int fail(const char *what)
{
    fprintf(stderr, "unexport: %s\n", what);
    return 1;
}

static Elf64_Shdr *find(const struct program *program, Elf64_Word type)
{
    for (unsigned at = 0; at < program->count; at++)
        if (program->sections[at].sh_type == type)
            return &program->sections[at];
    return NULL;
}

static void keep_string(struct program *program, Elf64_Xword at)
{
    strcpy(program->kept_strings + at, program->strings + at);
}

/* Marks what relocations name. */
static void mark(const struct program *program, unsigned char *is_named)
{
    for (unsigned at = 0; at < program->count; at++) {
        const Elf64_Shdr *section = &program->sections[at];
        if (section->sh_type != SHT_RELA)
            continue;
        const Elf64_Rela *entries = (const void *)(program->bytes + section->sh_offset);
        for (unsigned entry = 0; entry < section->sh_size / sizeof *entries; entry++)
            is_named[ELF64_R_SYM(entries[entry].r_info)] = 1;
    }
}

static void clear_symbols(struct program *program)
{
    unsigned char *is_named = calloc(program->symbol_count, 1);
    const Elf64_Shdr *versions = find(program, SHT_GNU_versym);
    if (!is_named)
        abort();
    mark(program, is_named);
    for (unsigned at = 1; at < program->symbol_count; at++) {
        Elf64_Sym *symbol = &program->symbols[at];
        if (symbol->st_shndx == SHN_UNDEF || is_named[at]) {
            keep_string(program, symbol->st_name);
            continue;
        }
        memset(symbol, 0, sizeof *symbol);
        if (versions)
            memset(program->bytes + versions->sh_offset + at * sizeof(Elf64_Versym), 0, sizeof(Elf64_Versym));
    }
    free(is_named);
}

/* Names of libraries, and of the versions that are asked of them. */
static void keep_needs(struct program *program)
{
    const Elf64_Shdr *dynamic = find(program, SHT_DYNAMIC), *needs = find(program, SHT_GNU_verneed);
    const Elf64_Dyn *entry = (const void *)(program->bytes + dynamic->sh_offset);
    for (; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == DT_NEEDED || entry->d_tag == DT_RPATH || entry->d_tag == DT_RUNPATH)
            keep_string(program, entry->d_un.d_val);
    if (!needs)
        return;
    const unsigned char *library = program->bytes + needs->sh_offset;
    for (unsigned left = needs->sh_info; left > 0; left--) {
        const Elf64_Verneed *need = (const void *)library;
        const unsigned char *version = library + need->vn_aux;
        keep_string(program, need->vn_file);
        for (unsigned names = need->vn_cnt; names > 0; names--) {
            const Elf64_Vernaux *name = (const void *)version;
            keep_string(program, name->vna_name);
            version += name->vna_next;
        }
        library += need->vn_next;
    }
}

/* An empty table: one bucket, and a filter that lets nothing through. */
static int clear_hash(struct program *program)
{
    const Elf64_Shdr *table = find(program, SHT_GNU_HASH);
    if (!table || find(program, SHT_HASH) || table->sh_size < 28)
        return fail("the program has another kind of table than was expected");
    memset(program->bytes + table->sh_offset, 0, table->sh_size);
    const Elf64_Word header[4] = {1, program->symbol_count, 1, 0};
    memcpy(program->bytes + table->sh_offset, header, sizeof header);
    return 0;
}

int main(int argc, char **argv)
{
    struct program program = {0};
    struct stat status;
    int file = argc == 2 ? open(argv[1], O_RDWR) : -1;
    if (file < 0 || fstat(file, &status) != 0)
        return fail("name a program that may be written to");
    program.bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (program.bytes == MAP_FAILED || memcmp(program.bytes, ELFMAG, SELFMAG) != 0 || program.bytes[EI_CLASS] != ELFCLASS64)
        return fail("not a program of 64 bits");

    const Elf64_Ehdr *header = (const void *)program.bytes;
    program.sections = (void *)(program.bytes + header->e_shoff);
    program.count = header->e_shnum;
    const Elf64_Shdr *symbols = find(&program, SHT_DYNSYM);
    if (!symbols)
        return 0;
    const Elf64_Shdr *strings = &program.sections[symbols->sh_link];
    program.symbols = (void *)(program.bytes + symbols->sh_offset);
    program.symbol_count = (unsigned)(symbols->sh_size / sizeof(Elf64_Sym));
    program.strings = (const char *)program.bytes + strings->sh_offset;
    program.kept_strings = calloc(1, strings->sh_size);
    if (!program.kept_strings)
        return fail("no memory");

    clear_symbols(&program);
    keep_needs(&program);
    memcpy(program.bytes + strings->sh_offset, program.kept_strings, strings->sh_size);
    return clear_hash(&program);
}
