using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Native.Nvml;

/// <summary>
/// NVIDIA's management library, opened by name at run time: the box may have no driver. Held open until disposal.
/// </summary>
public sealed unsafe class NvmlLibrary : IDisposable
{
    public const string FileName = "libnvidia-ml.so.1";

    private const int TextBytesMax = 96;

    private readonly nint library;

    private NvmlLibrary(nint library) => this.library = library;

    /// <summary>Null when there is no such library, which is the usual case without a driver.</summary>
    /// <param name="file">A name that the loader looks for, or a path.</param>
    /// <exception cref="NvmlException">The library is there and cannot talk to the driver.</exception>
    public static NvmlLibrary? TryOpen(string file)
    {
        if (!NativeLibrary.TryLoad(file, out nint library))
        {
            return null;
        }

        var opened = new NvmlLibrary(library);
        try
        {
            opened.Check(((delegate* unmanaged<int>)opened.Find("nvmlInit_v2"))(), "nvmlInit");
            return opened;
        }
        catch (NvmlException)
        {
            NativeLibrary.Free(library);
            throw;
        }
    }

    public string ReadDriverVersion()
    {
        byte* text = stackalloc byte[TextBytesMax];
        var call = (delegate* unmanaged<byte*, uint, int>)Find("nvmlSystemGetDriverVersion");
        Check(call(text, TextBytesMax), "nvmlSystemGetDriverVersion");
        return ReadText(text);
    }

    public IReadOnlyList<NvmlDevice> ReadDevices()
    {
        uint count = 0;
        Check(((delegate* unmanaged<uint*, int>)Find("nvmlDeviceGetCount_v2"))(&count), "nvmlDeviceGetCount");
        var devices = new List<NvmlDevice>();
        for (uint index = 0; index < count; index++)
        {
            devices.Add(ReadDevice(index));
        }

        return devices;
    }

    public void Dispose()
    {
        ((delegate* unmanaged<int>)Find("nvmlShutdown"))();
        NativeLibrary.Free(library);
    }

    private NvmlDevice ReadDevice(uint index)
    {
        nint device = 0;
        Check(((delegate* unmanaged<uint, nint*, int>)Find("nvmlDeviceGetHandleByIndex_v2"))(index, &device), "nvmlDeviceGetHandleByIndex");
        byte* name = stackalloc byte[TextBytesMax];
        Check(((delegate* unmanaged<nint, byte*, uint, int>)Find("nvmlDeviceGetName"))(device, name, TextBytesMax), "nvmlDeviceGetName");

        // nvmlMemory_t: total, free, used.
        ulong* memory = stackalloc ulong[3];
        Check(((delegate* unmanaged<nint, ulong*, int>)Find("nvmlDeviceGetMemoryInfo"))(device, memory), "nvmlDeviceGetMemoryInfo");
        byte* uuid = stackalloc byte[TextBytesMax];
        Check(((delegate* unmanaged<nint, byte*, uint, int>)Find("nvmlDeviceGetUUID"))(device, uuid, TextBytesMax), "nvmlDeviceGetUUID");
        uint minor = 0;
        Check(((delegate* unmanaged<nint, uint*, int>)Find("nvmlDeviceGetMinorNumber"))(device, &minor), "nvmlDeviceGetMinorNumber");
        return new NvmlDevice(ReadText(name), (long)memory[0], (long)memory[2], ReadText(uuid), (int)minor, IsPartitioned(device));
    }

    /// <summary>Older drivers do not know the question, most cards not the mode.</summary>
    private bool IsPartitioned(nint device)
    {
        uint now = 0;
        uint afterReset = 0;
        return NativeLibrary.TryGetExport(library, "nvmlDeviceGetMigMode", out nint call)
            && ((delegate* unmanaged<nint, uint*, uint*, int>)call)(device, &now, &afterReset) == 0
            && now != 0;
    }

    private static string ReadText(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private nint Find(string function) => NativeLibrary.TryGetExport(library, function, out nint address)
        ? address
        : throw new NvmlException($"{FileName} has no {function}: the driver is too old.");

    private void Check(int result, string call)
    {
        if (result != 0)
        {
            byte* text = ((delegate* unmanaged<int, byte*>)Find("nvmlErrorString"))(result);
            throw new NvmlException($"{call}: {ReadText(text)}");
        }
    }
}
