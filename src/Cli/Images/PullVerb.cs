using System.CommandLine;
using System.Text;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Volumes;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Registries.Access;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image pull</c>: an image from a registry.</summary>
public static class PullVerb
{
    private const int PasswordBytesMax = 64 * 1024;

    private const string Description =
        """
        Fetch an image from a registry. 'alpine:3.21' is Docker Hub's; clients that ask for 'alpine:3.21' find it then.

        Digests are compared on the way. Layers that are here already are not fetched again, and a pull that
        ended early goes on where it was if it is repeated within a day; the image and its tag appear in one step. A login is
        taken from --user, or from ~/.docker/config.json (DOCKER_CONFIG); credential helpers are not run.

        The file 'registries' in the data directory says how registries are reached, a line for each:

          docker.io           mirror=registry.lab:5000/hub mirror=mirror.example blocked
          registry.lab:5000   plain-http
          old.lab             unverified-tls
          own.lab             ca=/etc/own-ca.pem
          *                   blocked

        Mirrors are asked first, in their order; then the registry itself, unless it is blocked. What '*' says holds for all
        registries that have no line. Builds read the same file when they need an image that is not here.
        """;

    public static Command Create()
    {
        var reference = new Argument<string>("REFERENCE") { Description = "alpine:3.21, registry.example:5000/team/app:1.0, name@sha256:…" };
        var tag = new Option<string?>("--tag", "-t") { Description = "What to call the image here. [default: the reference]", HelpName = "NAME:TAG" };
        var platform = new Option<string?>("--platform") { Description = "The machine that it is for: linux/arm64. [default: this one]", HelpName = "OS/ARCH" };
        var user = new Option<string?>("--user", "-u") { Description = "Who asks the registry; with --password-stdin.", HelpName = "USER" };
        var password = new Option<bool>("--password-stdin") { Description = "Read the password, or a token, from standard input." };
        var command = new Command("pull", Description) { reference, tag, platform, user, password };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            ImageReference wanted = ImageReference.Read(parsed.GetValue(reference)!);
            ImagePlatform machine = parsed.GetValue(platform) is { } text ? ImagePlatform.Read(text) : ImagePlatform.OfThisMachine;
            ImagePullLogin? login = await ReadLoginAsync(wanted, parsed.GetValue(user), parsed.GetValue(password), cancellation);
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            var progress = new TransferProgress();
            ImageSummary image;
            await using (new TransferDisplay(terminal, progress, () => (progress.Bytes, progress.TotalBytes)))
            {
                image = await access.Images.PullAsync(new ImagePull(wanted.Full, parsed.GetValue(tag), machine.ToString(), login), progress, cancellation);
            }

            terminal.WriteResult(image, AdminJson.Default.ImageSummary, output => Write(output, image, machine));
            return ExitStatus.Done;
        });
        return command;
    }

    private static async Task<ImagePullLogin?> ReadLoginAsync(ImageReference wanted, string? user, bool hasPassword, CancellationToken cancellation)
    {
        if (user is null != !hasPassword)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "--user and --password-stdin go together: echo \"$PASSWORD\" | appliance image pull … --user NAME --password-stdin");
        }

        return user is not null
            ? new ImagePullLogin(user, await ReadPasswordAsync(cancellation), false)
            : DockerLogins.Find(DockerLogins.FileOfUser(), wanted.Registry) is { } known
                ? new ImagePullLogin(known.User, known.Secret, known.IsIdentityToken)
                : null;
    }

    private static async Task<string> ReadPasswordAsync(CancellationToken cancellation)
    {
        byte[] bytes = new byte[PasswordBytesMax];
        await using Stream input = Terminal.OpenInput();
        int length = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        string password = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\n', '\r');
        return password.Length > 0 ? password : throw new ApplianceException(ErrorKind.InvalidArgument, "There is no password on standard input.");
    }

    private static void Write(Terminal terminal, ImageSummary image, ImagePlatform machine)
    {
        terminal.WriteLine($"Pulled {string.Join(", ", image.Tags)} ({ByteText.Of(image.SizeBytes)}, {image.LayerCount} layers) as {image.ImageId}.");
        if (machine.Architecture != ImagePlatform.OfThisMachine.Architecture)
        {
            terminal.WriteLine($"It is for {machine}, and this machine is {ImagePlatform.OfThisMachine}: its programs do not run here.");
        }
    }
}
