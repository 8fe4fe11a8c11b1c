using Appliance.Containers.Guest;
using Appliance.Core.Progress;
using Appliance.Images;
using Appliance.Images.Transfers;

namespace Appliance.Hosting.SelfTest.Sandboxes;

/// <summary>The image that comes with the executable: two small programs, and the folders that containers expect.</summary>
internal static class BuiltInImage
{
    /// <summary>Where its program is.</summary>
    public const string Program = "/bin/self-test";

    /// <summary>What containers of functions start: here no Python, but a program that speaks to the appliance as the client's does.</summary>
    private const string FunctionProgram = "/bin/python";

    private const string Tag = "appliance/self-test:latest";

    /// <param name="library">Gets it.</param>
    /// <param name="directory">An empty one, to make it in.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The image's id.</returns>
    public static async Task<string> ImportAsync(ImageLibrary library, string directory, CancellationToken cancellation)
    {
        foreach (string folder in (string[])["bin", "dev", "etc", "proc", "root", "sys", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(directory, folder));
        }

        GuestPrograms.Unpack(GuestPrograms.SelfTest, directory + Program);
        GuestPrograms.Unpack(GuestPrograms.Peer, directory + FunctionProgram);
        return (await library.Importer.ImportPathAsync(
            directory, new ImageImportOrder(Tag, Select: null), new TransferProgress(), cancellation))[0].Id.Text;
    }
}
