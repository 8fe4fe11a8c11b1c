using System.Globalization;
using Appliance.Core.Digests;

namespace Appliance.Containers.Packed;

/// <summary>One program as it was before it was packed.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digest">Of its content.</param>
internal sealed record PackedProgram(string Name, int Length, Digest Digest)
{
    /// <summary>Reads a line that the build wrote: name, length and digest.</summary>
    public static PackedProgram Parse(string line) =>
        line.Split(' ') is [var name, var length, var hex] && Digest.TryReadHex(hex, out Digest digest)
            ? new PackedProgram(name, int.Parse(length, CultureInfo.InvariantCulture), digest)
            : throw new InvalidDataException($"'{line}' is no packed program.");
}
