using System.Runtime.InteropServices;
using System.Text;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Directories;

/// <summary>Extended attributes of entries of an open directory, or of the directory itself where no name is given.</summary>
public static class ExtendedAttributes
{
    /// <summary>What marks a directory of a union file system that hides all that lies below it.</summary>
    public const string OverlayOpaque = "trusted.overlay.opaque";

    private const int NotSupported = 95;
    private const int ValueBytesMax = 64 * 1024;

    /// <summary>Sets one; false where the file system keeps none of its kind.</summary>
    public static bool TrySet(DirectoryHandle directory, NodeName? name, string key, ReadOnlySpan<byte> value)
    {
        int result = DirectoryCalls.SetAttribute(directory.PathOf(name), Terminated(key), value, (nuint)value.Length, 0);
        return result == 0
            || (Marshal.GetLastPInvokeError() == NotSupported ? false : throw FileCalls.LastFailure($"set {key} of", $"{name}"));
    }

    /// <summary>Null when it is not set.</summary>
    public static byte[]? Find(DirectoryHandle directory, NodeName? name, string key)
    {
        byte[] value = new byte[ValueBytesMax];
        nint length = DirectoryCalls.GetAttribute(directory.PathOf(name), Terminated(key), value, ValueBytesMax);
        if (length >= 0)
        {
            return value.AsSpan(0, (int)length).ToArray();
        }

        return Marshal.GetLastPInvokeError() is DirectoryCalls.NoData or NotSupported
            ? null
            : throw FileCalls.LastFailure($"get {key} of", $"{name}");
    }

    /// <summary>Whether an open directory hides all that lies below it in a union file system.</summary>
    public static bool IsOpaque(SafeFileHandle directory)
    {
        Span<byte> value = stackalloc byte[2];
        nint length = DirectoryCalls.GetAttribute(
            Terminated($"/proc/self/fd/{directory.DangerousGetHandle()}/."), Terminated(OverlayOpaque), value, (nuint)value.Length);
        return length == 1 && value[0] == 'y';
    }

    public static string[] List(DirectoryHandle directory, NodeName? name)
    {
        byte[] keys = new byte[ValueBytesMax];
        nint length = DirectoryCalls.ListAttributes(directory.PathOf(name), keys, ValueBytesMax);
        if (length < 0)
        {
            return Marshal.GetLastPInvokeError() == NotSupported ? [] : throw FileCalls.LastFailure("list attributes of", $"{name}");
        }

        return Encoding.UTF8.GetString(keys.AsSpan(0, (int)length)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static byte[] Terminated(string key) => [.. Encoding.UTF8.GetBytes(key), 0];
}
