using System.Text;
using System.Text.Json;
using Appliance.Core.Errors;
using Appliance.Gateways.Transfers;
using Appliance.Packages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Appliance.Gateways.Web.Packages;

/// <summary>
/// The wheelhouse as pip and uv read it (PEP 503, 658, 691). A project that has files here is answered from here alone, so
/// that nobody else's package can take its place; for any other the public index is named.
/// </summary>
public sealed class PackageIndexEndpoints(Wheelhouse wheelhouse, PublicIndex others)
{
    private const string MetadataSuffix = ".metadata";
    private static readonly SimpleMeta Meta = new("1.1");
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <param name="routes">Where to serve it.</param>
    /// <param name="guard">Lets in who may read.</param>
    public void Map(IEndpointRouteBuilder routes, Func<RequestDelegate, RequestDelegate> guard)
    {
        routes.MapMethods("/simple", Methods, guard(TransferFailures.Guard(ListAsync)));
        routes.MapMethods("/simple/{project}", Methods, guard(TransferFailures.Guard(ShowAsync)));
        routes.MapMethods("/wheels/{file}", Methods, guard(TransferFailures.Guard(SendAsync)));
    }

    private Task ListAsync(HttpContext http)
    {
        if (!http.Request.Path.Value!.EndsWith('/'))
        {
            // Links are relative, so that they hold behind whatever leads here.
            http.Response.Redirect("simple/", permanent: true);
            return Task.CompletedTask;
        }

        var list = new SimpleProjectList(Meta, [.. wheelhouse.List().Select(file => file.Project).Distinct().Select(name => new SimpleProject(name))]);
        string form = SimpleForm.Choose(http.Request);
        return AnswerAsync(http, form, form == SimpleForm.Json
            ? JsonSerializer.SerializeToUtf8Bytes(list, SimpleIndexJson.Default.SimpleProjectList)
            : Encoding.UTF8.GetBytes(SimplePages.Write(list)));
    }

    private async Task ShowAsync(HttpContext http)
    {
        string written = (string)http.Request.RouteValues["project"]!;
        if (!ProjectName.IsValid(written))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{written}' is no name of a Python project.");
        }

        string project = ProjectName.Normalise(written);
        bool hasSlash = http.Request.Path.Value!.EndsWith('/');
        if (project != written || !hasSlash)
        {
            http.Response.Redirect(hasSlash ? $"../{project}/" : $"{project}/", permanent: true);
            return;
        }

        IReadOnlyList<PackageFile> files = wheelhouse.List(project);
        if (files.Count > 0)
        {
            await ShowAsync(http, project, files);
        }
        else if (await others.FindAsync(project, http.RequestAborted) is { } elsewhere)
        {
            http.Response.Redirect(elsewhere);
        }
        else
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{project}' is not among this machine's packages: 'appliance wheels add' takes it in.");
        }
    }

    private async Task ShowAsync(HttpContext http, string project, IReadOnlyList<PackageFile> files)
    {
        List<SimpleFile> shown = [];
        List<string> versions = [];
        foreach (PackageFile file in files)
        {
            if (await DescribeAsync(file, http.RequestAborted) is { Note: var note })
            {
                string url = $"../../wheels/{Uri.EscapeDataString(file.FileName)}";
                SimpleHashes? metadata = note.MetadataSha256 is { } digest ? new SimpleHashes(digest) : null;
                shown.Add(new SimpleFile(file.FileName, url, note.SizeBytes, new SimpleHashes(note.Sha256), note.RequiresPython, metadata));
                versions.Add(file.Version);
            }
        }

        var page = new SimpleProjectPage(Meta, project, [.. versions.Distinct()], shown);
        string form = SimpleForm.Choose(http.Request);
        await AnswerAsync(http, form, form == SimpleForm.Json
            ? JsonSerializer.SerializeToUtf8Bytes(page, SimpleIndexJson.Default.SimpleProjectPage)
            : Encoding.UTF8.GetBytes(SimplePages.Write(page)));
    }

    /// <summary>A damaged file that somebody put there must not hide the others.</summary>
    private async Task<StoredPackage?> DescribeAsync(PackageFile file, CancellationToken cancellation)
    {
        try
        {
            return await wheelhouse.DescribeAsync(file, cancellation);
        }
        catch (ApplianceException)
        {
            return null;
        }
    }

    private async Task SendAsync(HttpContext http)
    {
        string name = (string)http.Request.RouteValues["file"]!;
        bool isMetadata = name.EndsWith(MetadataSuffix, StringComparison.Ordinal);
        PackageFile? file = PackageFile.TryRead(isMetadata ? name[..^MetadataSuffix.Length] : name);
        await using FileStream? content = file is null ? null : wheelhouse.Open(file);
        if (file is null || content is null || (isMetadata && !file.IsWheel))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"There is no file '{name}': 'appliance wheels list' shows those there are.");
        }

        if (isMetadata)
        {
            await AnswerAsync(http, "text/plain; charset=utf-8", WheelMetadata.Read(content, file));
            return;
        }

        await FileAnswer.SendAsync(http, content.SafeFileHandle, content.Length, (await wheelhouse.DescribeAsync(file, http.RequestAborted))?.Note.Sha256 ?? "gone");
    }

    private static Task AnswerAsync(HttpContext http, string type, byte[] body)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        http.Response.Headers.Vary = new StringValues("Accept");
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
