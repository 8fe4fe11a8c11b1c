using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Appliance.Gpus;
using Appliance.Native.Directories;
using Appliance.Native.Nvml;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Gpus;

/// <summary>A machine with GPUs in a folder: nodes, libraries, the loader's index, what the driver would answer.</summary>
internal sealed class GpuTree : IDisposable
{
    public const int CardMajor = 195;
    public const int MemoryMajor = 510;
    private const int IndexHeaderBytes = 48;
    private const int IndexEntryBytes = 24;

    private static readonly string[] Libraries =
        ["libcuda.so.1", "libnvidia-ml.so.1", "libnvidia-ptxjitcompiler.so.1", "libnvidia-container.so.1", "libc.so.6"];

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, DeviceNumber> nodes = new(StringComparer.Ordinal);

    public string Root => folder.Path;

    public static GpuTree With(params StubCard[] cards)
    {
        var tree = new GpuTree { Cards = cards };
        tree.AddNode("nvidiactl", CardMajor, 255);
        tree.AddNode("nvidia-uvm", MemoryMajor, 0);
        tree.AddNode("nvidia-uvm-tools", MemoryMajor, 1);
        foreach (StubCard card in cards)
        {
            tree.AddNode($"nvidia{card.Minor}", CardMajor, (uint)card.Minor);
        }

        tree.AddDriver();
        return tree;
    }

    /// <summary>As many cards of one model, with nodes from 0 on.</summary>
    public static GpuTree With(int count, string model = StubCard.H100) =>
        With([.. Enumerable.Range(0, count).Select(minor => new StubCard(model, minor))]);

    public IReadOnlyList<StubCard> Cards { get; set; } = [];

    /// <summary>Answers in place of the driver, without its library.</summary>
    public GpuMachine Machine => new(Root)
    {
        ReadDriver = () => new NvmlReading("550.54.15", [.. Cards.Select(card => new NvmlDevice(card.Model, 80L << 30, 0, card.Uuid, card.Minor, card.IsPartitioned))]),
        FindNode = path => nodes.TryGetValue(path, out DeviceNumber number) && File.Exists(path) ? number : null,
    };

    public void AddNode(string name, uint major, uint minor)
    {
        string path = folder.Write($"dev/{name}", "");
        nodes[path] = new DeviceNumber(major, minor);
    }

    public void Remove(string path) => File.Delete(Path.Combine(Root, path));

    public string Write(string path, string text) => folder.Write(path, text);

    /// <summary>Makes real nodes of those that were files, which takes root.</summary>
    public GpuMachine MakeReal()
    {
        foreach ((string path, DeviceNumber number) in nodes)
        {
            File.Delete(path);
            using Process made = Process.Start("mknod", ["-m", "666", path, "c", $"{number.Major}", $"{number.Minor}"]);
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }

        return new GpuMachine(Root) { ReadDriver = Machine.ReadDriver };
    }

    public void Dispose() => folder.Dispose();

    private void AddDriver()
    {
        foreach (string name in Libraries)
        {
            string versioned = $"usr/lib/driver/{name}.550.54.15";
            folder.Write(versioned, name);
            File.CreateSymbolicLink(Path.Combine(Root, "usr/lib/driver", name), Path.GetFileName(versioned));
        }

        folder.WriteProgram("usr/bin/nvidia-smi", "echo smi");
        Directory.CreateDirectory(Path.Combine(Root, "etc"));
        File.WriteAllBytes(Path.Combine(Root, "etc/ld.so.cache"), IndexOf([.. Libraries.Select(name => (name, $"/usr/lib/driver/{name}"))]));
    }

    /// <summary>What ldconfig writes.</summary>
    private static byte[] IndexOf(IReadOnlyList<(string Name, string Path)> libraries)
    {
        byte[] head = new byte[IndexHeaderBytes + (libraries.Count * IndexEntryBytes)];
        var texts = new MemoryStream();
        "glibc-ld.so.cache1.1"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), libraries.Count);
        for (int index = 0; index < libraries.Count; index++)
        {
            Span<byte> entry = head.AsSpan(IndexHeaderBytes + (index * IndexEntryBytes), IndexEntryBytes);
            BinaryPrimitives.WriteInt32LittleEndian(entry, RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x0A03 : 0x0303);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], head.Length + (int)texts.Length);
            texts.Write(Encoding.UTF8.GetBytes(libraries[index].Name + '\0'));
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], head.Length + (int)texts.Length);
            texts.Write(Encoding.UTF8.GetBytes(libraries[index].Path + '\0'));
        }

        return [.. head, .. texts.ToArray()];
    }
}
