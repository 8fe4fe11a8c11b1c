using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Metadata.Images;
using Appliance.Metadata.Mounts;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Images;

/// <summary>
/// Names what a client wants built: equal definitions are one image. Who asks, for which app, and with which registry
/// password says nothing about the outcome; of files only their contents count.
/// </summary>
internal static class ImageDefinition
{
    public static Digest Of(ReadTransaction read, ImageGetOrCreateRequest request)
    {
        Image image = request.Image;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "builder", [request.BuilderVersion]);
        Add(hash, "commands", image.DockerfileCommands);
        Add(hash, "bases", image.BaseImages.OrderBy(one => one.DockerTag, StringComparer.Ordinal).SelectMany(one => (string[])[one.DockerTag, one.ImageId]));
        Add(hash, "files", image.ContextFiles.OrderBy(file => file.Filename, StringComparer.Ordinal)
            .SelectMany(file => (string[])[file.Filename, Digest.Of(file.Data.Span).ToString()]));
        Add(hash, "mount", [image.ContextMountId.Length == 0 ? "" : MountRows.FindChecksum(read, image.ContextMountId)?.ToString() ?? image.ContextMountId]);
        Add(hash, "arguments", image.BuildArgs.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => (string[])[pair.Key, pair.Value]));
        Add(hash, "secrets", image.SecretIds);
        Add(hash, "gpu", [GpuText.Of(image.GpuConfig)]);
        Add(hash, "volumes", image.VolumeMounts.Select(mount => mount.ToByteString().ToBase64()));
        Add(hash, "function", [image.BuildFunction?.ToByteString().ToBase64() ?? ""]);
        if (DebianSlimStandIn.Find(read, image) is { } standIn)
        {
            Add(hash, "stand-in", [ImageTags.Find(read, standIn.Full).ToString()!]);
        }

        if (BaseMoves.Of(read, image) is { Count: > 0 } moves)
        {
            Add(hash, "moves", moves);
        }

        return Digest.FromBytes(hash.GetHashAndReset());
    }

    // With lengths, so that no two lists look alike.
    private static void Add(IncrementalHash hash, string name, IEnumerable<string> values)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        string[] all = [name, .. values];
        BinaryPrimitives.WriteInt32LittleEndian(length, all.Length);
        hash.AppendData(length);
        foreach (string value in all)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
