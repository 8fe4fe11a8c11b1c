using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Directories;

/// <summary>
/// An open directory, whose entries are reached by single names and never through a link: whatever an entry is or
/// becomes, nothing outside of the directory is touched. Failures are <see cref="IOException"/> with the error number as
/// HResult, or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public sealed class DirectoryHandle : IDisposable
{
    private const int ListingBytes = 64 * 1024;
    private const int NameOffset = 19;

    private readonly SafeFileHandle handle;

    private DirectoryHandle(SafeFileHandle handle) => this.handle = handle;

    internal SafeFileHandle Handle => handle;

    /// <summary>Whether this process may give files any owner, as unpacking an image needs it.</summary>
    public static bool CanChangeOwners => DirectoryCalls.EffectiveUser() == 0;

    public static DirectoryHandle Open(string path)
    {
        SafeFileHandle opened = FileCalls.Open(path, FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec | DirectoryCalls.Directory, 0);
        return opened.IsInvalid ? throw FileCalls.LastFailure("open", path) : new DirectoryHandle(opened);
    }

    internal static DirectoryHandle Of(SafeFileHandle opened) => new(opened);

    /// <summary>A path of the directory, whatever its own is: valid in this process while the handle is open.</summary>
    public string DescriptorPath => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");

    /// <summary>A directory within this one; null when there is nothing of that name. A link is not followed: errno 20.</summary>
    public DirectoryHandle? TryOpen(NodeName name)
    {
        SafeFileHandle opened = DirectoryCalls.OpenAt(
            handle, name.Terminated, DirectoryCalls.CloseOnExec | DirectoryCalls.Directory | DirectoryCalls.NoFollow, 0);
        if (!opened.IsInvalid)
        {
            return new DirectoryHandle(opened);
        }

        return Marshal.GetLastPInvokeError() == DirectoryCalls.NoSuchEntry ? null : throw FileCalls.LastFailure("open", name.ToString());
    }

    /// <summary>A second handle of the same directory.</summary>
    public DirectoryHandle Reopen()
    {
        SafeFileHandle opened = DirectoryCalls.OpenAt(handle, ".\0"u8, DirectoryCalls.CloseOnExec | DirectoryCalls.Directory, 0);
        return opened.IsInvalid ? throw FileCalls.LastFailure("open", ".") : new DirectoryHandle(opened);
    }

    /// <summary>Null when there is nothing of that name.</summary>
    public NodeStatus? Find(NodeName name) => Stat(name.Terminated, DirectoryCalls.DoNotFollow);

    /// <summary>The directory itself.</summary>
    public NodeStatus GetStatus() => Stat("\0"u8, DirectoryCalls.EmptyPath)!.Value;

    /// <summary>Opens a file for reading; a device or a pipe in its place does not make it wait.</summary>
    public SafeFileHandle OpenFile(NodeName name)
    {
        SafeFileHandle opened = DirectoryCalls.OpenAt(
            handle, name.Terminated, DirectoryCalls.CloseOnExec | DirectoryCalls.NoFollow | DirectoryCalls.NonBlocking, 0);
        return opened.IsInvalid ? throw FileCalls.LastFailure("open", name.ToString()) : opened;
    }

    /// <summary>Makes a new file, readable by its owner alone until its mode is set.</summary>
    public SafeFileHandle CreateFile(NodeName name)
    {
        SafeFileHandle opened = DirectoryCalls.OpenAt(
            handle,
            name.Terminated,
            DirectoryCalls.WriteOnly | DirectoryCalls.Create | DirectoryCalls.Exclusive | DirectoryCalls.CloseOnExec | DirectoryCalls.NoFollow,
            0x180);
        return opened.IsInvalid ? throw FileCalls.LastFailure("create", name.ToString()) : opened;
    }

    public void CreateDirectory(NodeName name) => Check(DirectoryCalls.MakeDirectoryAt(handle, name.Terminated, 0x1C0), "mkdir", name);

    /// <summary>Makes a device or a pipe.</summary>
    public void CreateNode(NodeName name, NodeKind kind, DeviceNumber device) =>
        Check(DirectoryCalls.MakeNodeAt(handle, name.Terminated, (uint)kind | 0x180, device.Encoded), "mknod", name);

    /// <param name="name">The new name.</param>
    /// <param name="target">What it says, without a zero byte; it is not looked at.</param>
    public void CreateSymbolicLink(NodeName name, ReadOnlySpan<byte> target) =>
        Check(DirectoryCalls.MakeSymbolicLinkAt([.. target, 0], handle, name.Terminated), "symlink", name);

    /// <summary>Gives what has a name here a further name, here or in another directory of the file system.</summary>
    public void Link(NodeName name, DirectoryHandle into, NodeName added) =>
        Check(DirectoryCalls.LinkAt(handle, name.Terminated, into.handle, added.Terminated, 0), "link", added);

    public void Unlink(NodeName name) => Check(DirectoryCalls.UnlinkAt(handle, name.Terminated, 0), "unlink", name);

    /// <summary>Removes an empty directory.</summary>
    public void RemoveDirectory(NodeName name) =>
        Check(DirectoryCalls.UnlinkAt(handle, name.Terminated, DirectoryCalls.RemoveDirectory), "rmdir", name);

    /// <summary>Sets the owner; it takes away set-id bits and capabilities, so it comes before them.</summary>
    public void SetOwner(NodeName name, uint user, uint group) => Check(
        DirectoryCalls.ChangeOwnerAt(handle, name.Terminated, user, group, DirectoryCalls.DoNotFollow), "chown", name);

    /// <summary>Sets the permission bits of what must not be a link, which has none.</summary>
    public void SetMode(NodeName name, int mode) =>
        Check(DirectoryCalls.ChangeModeAt(handle, name.Terminated, (uint)mode, 0), "chmod", name);

    public void SetModifiedAt(NodeName name, NodeTime time)
    {
        ReadOnlySpan<long> times = [time.Seconds, time.Nanoseconds, time.Seconds, time.Nanoseconds];
        Check(DirectoryCalls.SetTimesAt(handle, name.Terminated, times, DirectoryCalls.DoNotFollow), "utimens", name);
    }

    /// <summary>Owner, mode and time of the directory itself.</summary>
    public void SetOwn(uint user, uint group, int mode, NodeTime time)
    {
        ReadOnlySpan<long> times = [time.Seconds, time.Nanoseconds, time.Seconds, time.Nanoseconds];
        CheckOwn(DirectoryCalls.ChangeOwnerAt(handle, ".\0"u8, user, group, 0), "chown");
        CheckOwn(DirectoryCalls.ChangeModeAt(handle, ".\0"u8, (uint)mode, 0), "chmod");
        CheckOwn(DirectoryCalls.SetTimesAt(handle, ".\0"u8, times, 0), "utimens");
    }

    /// <summary>What a symbolic link says.</summary>
    public byte[] ReadSymbolicLink(NodeName name)
    {
        Span<byte> answer = stackalloc byte[4096];
        nint length = DirectoryCalls.ReadLinkAt(handle, name.Terminated, answer, (nuint)answer.Length);
        Check((int)length, "readlink", name);
        return answer[..(int)length].ToArray();
    }

    /// <summary>The names in the directory, in the order of their bytes.</summary>
    public List<NodeName> List()
    {
        using DirectoryHandle fresh = Reopen();
        List<NodeName> names = [];
        byte[] answer = new byte[ListingBytes];
        nint length;
        while ((length = DirectoryCalls.ListEntries(fresh.handle, answer, ListingBytes)) > 0)
        {
            for (int offset = 0; offset < length; offset += MemoryMarshal.Read<ushort>(answer.AsSpan(offset + 16)))
            {
                ReadOnlySpan<byte> rest = answer.AsSpan(offset + NameOffset);
                if (NodeName.TryRead(rest[..rest.IndexOf((byte)0)], out NodeName name))
                {
                    names.Add(name);
                }
            }
        }

        CheckOwn((int)length, "getdents64");
        names.Sort((left, right) => left.Bytes.SequenceCompareTo(right.Bytes));
        return names;
    }

    /// <summary>The path of a name for calls that know no directories: valid while this handle is open.</summary>
    internal byte[] PathOf(NodeName? name) => [
        .. Encoding.ASCII.GetBytes(DescriptorPath + "/"),
        .. name is { } known ? known.Terminated : ".\0"u8];

    public void Dispose() => handle.Dispose();

    private NodeStatus? Stat(ReadOnlySpan<byte> name, int flags)
    {
        Span<byte> answer = stackalloc byte[NodeStatus.BufferBytes];
        if (DirectoryCalls.StatAt(handle, name, flags, DirectoryCalls.BasicFields, answer) == 0)
        {
            return NodeStatus.Read(answer);
        }

        return Marshal.GetLastPInvokeError() == DirectoryCalls.NoSuchEntry
            ? null
            : throw FileCalls.LastFailure("stat", Encoding.UTF8.GetString(name).TrimEnd('\0'));
    }

    private static void Check(int result, string call, NodeName name)
    {
        if (result < 0)
        {
            throw FileCalls.LastFailure(call, name.ToString());
        }
    }

    private static void CheckOwn(int result, string call)
    {
        if (result < 0)
        {
            throw FileCalls.LastFailure(call, ".");
        }
    }
}
